package import ColumnCodec

extension SeriesKey {
  /// A label as a parser sees it: slices of the body.
  package struct RawLabel {
    package var key: UnsafeRawBufferPointer
    package var value: UnsafeRawBufferPointer

    @inlinable
    package init(key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
      self.key = key
      self.value = value
    }
  }

  /// The canonical bytes of a name and labels in any order, appended to `buffer`; sorts `labels` in place. It checks
  /// nothing: what is not a valid series gives bytes that `SeriesKey(canonical:)` refuses, so a parser looks up their
  /// fingerprint and validates only when that is not known.
  package static func canonicalBytes(
    name: UnsafeRawBufferPointer, labels: UnsafeMutableBufferPointer<RawLabel>, into buffer: inout ByteBuffer
  ) {
    sort(labels)
    put(name, into: &buffer)
    for label in labels where !label.value.isEmpty {
      put(label.key, into: &buffer)
      put(label.value, into: &buffer)
    }
  }

  package static func canonicalBytes(
    name: UnsafeRawBufferPointer, labels: inout [RawLabel], into buffer: inout ByteBuffer
  ) {
    labels.withUnsafeMutableBufferPointer { canonicalBytes(name: name, labels: $0, into: &buffer) }
  }

  @inline(__always)
  private static func put(_ text: UnsafeRawBufferPointer, into buffer: inout ByteBuffer) {
    buffer.putVarint(UInt64(text.count))
    buffer.putBytes(text)
  }

  /// Insertion: labels are few and usually sorted. Stable. A parser that lets thousands through pays a quadratic price, so
  /// past the limit of a valid series it merges instead.
  private static func sort(_ labels: UnsafeMutableBufferPointer<RawLabel>) {
    guard labels.count <= labelsLimit else {
      var labels = labels
      labels.sort { isBefore($0.key, $1.key) }
      return
    }
    for index in labels.indices.dropFirst() {
      let label = labels[index]
      var place = index
      while place > 0, isBefore(label.key, labels[place - 1].key) {
        labels[place] = labels[place - 1]
        place -= 1
      }
      labels[place] = label
    }
  }

  /// By bytes, a prefix first.
  static func isBefore(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Bool {
    let common = min(a.count, b.count)
    for index in 0..<common where a[index] != b[index] { return a[index] < b[index] }
    return a.count < b.count
  }
}

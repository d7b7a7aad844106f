import ColumnCodec

/// What a series is: a metric name and one set of labels. Always valid. Two are equal when their canonical bytes are
/// (Swift's own comparison of texts would take different spellings of one character for the same).
///
/// Canonical bytes: varint length and UTF-8 of the name, then for each label, sorted by the bytes of its name, the same of
/// its name and its value. A label with an empty value is a label that is not there. The fingerprint of a series is
/// XXH3-128 of these bytes.
package struct SeriesKey: Hashable, Sendable {
  package let canonical: [UInt8]

  /// The most characters (Unicode scalars) of a metric's or a label's name.
  package static let nameLimit = 255
  /// The most labels of a series.
  package static let labelsLimit = 64
  /// The most bytes of a label's value.
  package static let valueLimit = 1_024
  /// The most bytes of any of its texts: names of 255 characters have up to 1,020.
  static let textLimit = max(nameLimit * 4, valueLimit)

  /// Labels in any order; those with an empty value are dropped.
  package init(name: String, labels: [(key: String, value: String)] = []) throws(SeriesKeyError) {
    let sorted = labels.filter { !$0.value.isEmpty }.map { (Array($0.key.utf8), Array($0.value.utf8)) }
      .sorted { $0.0.lexicographicallyPrecedes($1.0) }
    var buffer = ByteBuffer()
    for text in [Array(name.utf8)] + sorted.flatMap({ [$0.0, $0.1] }) {
      buffer.putVarint(UInt64(text.count))
      buffer.putBytes(text)
    }
    try self.init(canonical: buffer.bytes)
  }

  /// Checks everything that a series must keep. Bytes made by `canonicalBytes` of a client's name and labels get the error
  /// that fits; others are `notCanonical`.
  package init(canonical: [UInt8]) throws(SeriesKeyError) {
    try canonical.withUnsafeBufferPointer { (bytes) throws(SeriesKeyError) in
      try Self.validate(UnsafeRawBufferPointer(bytes))
    }
    self.canonical = canonical
  }

  package init(canonical: UnsafeRawBufferPointer) throws(SeriesKeyError) {
    try Self.validate(canonical)
    self.canonical = [UInt8](canonical)
  }

  package var name: String {
    withTexts { String(decoding: $0.first ?? UnsafeRawBufferPointer(start: nil, count: 0), as: UTF8.self) }
  }

  /// Sorted by the bytes of their names.
  package var labels: [SeriesLabel] {
    withTexts { texts in
      stride(from: 2, to: texts.count, by: 2).map {
        SeriesLabel(
          key: String(decoding: texts[$0 - 1], as: UTF8.self), value: String(decoding: texts[$0], as: UTF8.self))
      }
    }
  }

  /// The name, then each label's name and value, as slices of the canonical bytes that are valid inside the closure.
  package func withTexts<R>(_ body: ([UnsafeRawBufferPointer]) -> R) -> R {
    canonical.withUnsafeBytes { bytes in
      var texts: [UnsafeRawBufferPointer] = []
      var reader = ByteReader(bytes)
      while !reader.isAtEnd, let count = try? reader.varint(), let text = try? reader.take(Int(count)) {
        texts.append(text)
      }
      return body(texts)
    }
  }
}

extension SeriesKey: CustomStringConvertible {
  /// `name{key="value",…}`, for logs and people.
  package var description: String {
    let labels = labels.map { "\($0.key)=\"\($0.value)\"" }.joined(separator: ",")
    return labels.isEmpty ? name : "\(name){\(labels)}"
  }
}

import Glibc

/// Comparing and finding bytes.
enum RawText {
  /// Word by word in place: a call of memcmp costs more than comparing a field's name.
  @inline(__always)
  static func equal(_ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ count: Int) -> Bool {
    guard count >= 8 else { return equalShort(a, b, count) }
    var index = 0
    while index &+ 8 < count {
      guard load(a + index) == load(b + index) else { return false }
      index &+= 8
    }
    return load(a + (count &- 8)) == load(b + (count &- 8))
  }

  @inline(__always)
  private static func equalShort(_ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ count: Int) -> Bool {
    var index = 0
    while index < count {
      guard a.load(fromByteOffset: index, as: UInt8.self) == b.load(fromByteOffset: index, as: UInt8.self) else {
        return false
      }
      index &+= 1
    }
    return true
  }

  @inline(__always)
  private static func load(_ place: UnsafeRawPointer) -> UInt64 { place.loadUnaligned(as: UInt64.self) }

  /// The first `byte` in `start..<end`.
  @inline(__always)
  static func find(
    _ byte: UInt8, _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
  ) -> UnsafePointer<UInt8>? {
    memchr(start, Int32(byte), end - start).map { UnsafePointer($0.assumingMemoryBound(to: UInt8.self)) }
  }

  /// The first `byte` in `start..<end` that has no backslash before it.
  @inline(__always)
  static func findUnescaped(
    _ byte: UInt8, _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
  ) -> UnsafePointer<UInt8>? {
    var from = start
    while let place = find(byte, from, end) {
      if place == start || place[-1] != 0x5C { return place }
      from = place + 1
    }
    return nil
  }
}

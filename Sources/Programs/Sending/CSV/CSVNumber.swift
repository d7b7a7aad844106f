import Glibc

/// Values as CSV files have them.
enum CSVNumber {
  /// The most bytes of a number.
  private static let limit = 400
  /// Fewer digits than this cannot pass the largest Float64.
  private static let plainLimit = 300

  /// Where the number begins that line protocol takes (it has no plus sign), or nil where `start..<end` is no finite number.
  @inline(__always)
  static func check(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> UnsafePointer<UInt8>? {
    var place = start
    var first = start
    if place.pointee == 0x2D {
      place += 1
    } else if place.pointee == 0x2B {
      place += 1
      first = place
    }
    let digits = place
    while place < end, place.pointee &- 0x30 <= 9 { place += 1 }
    var count = place - digits
    if place < end, place.pointee == 0x2E {
      place += 1
      let fraction = place
      while place < end, place.pointee &- 0x30 <= 9 { place += 1 }
      count &+= place - fraction
    }
    guard count > 0 else { return nil }
    if place == end, count < plainLimit { return first }
    return checkExponent(first, place, end)
  }

  @inline(never)
  private static func checkExponent(
    _ first: UnsafePointer<UInt8>, _ mantissaEnd: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
  ) -> UnsafePointer<UInt8>? {
    var place = mantissaEnd
    if place < end {
      guard place.pointee | 0x20 == 0x65 else { return nil }
      place += 1
      if place < end, place.pointee == 0x2D || place.pointee == 0x2B { place += 1 }
      let exponent = place
      while place < end, place.pointee &- 0x30 <= 9 { place += 1 }
      guard place == end, place > exponent else { return nil }
    }
    guard end - first <= limit else { return nil }
    let text = String(decoding: UnsafeBufferPointer(start: first, count: end - first), as: UTF8.self)
    return strtod(text, nil).isFinite ? first : nil
  }
}

/// Texts of headers, byte by byte: nothing from outside traps here.
enum EventText {
  static let uuidSize = 36
  private static let hexDigits: StaticString = "0123456789abcdef"

  /// A decimal integer with an optional `-`, 1 to 20 bytes, that an Int64 holds.
  static func integer(_ text: UnsafeRawBufferPointer) -> Int64? {
    guard (1...20).contains(text.count) else { return nil }
    let isNegative = text[0] == UInt8(ascii: "-")
    let digits = isNegative ? text.dropFirst() : text[...]
    if digits.isEmpty { return nil }
    var value: Int64 = 0
    for byte in digits {
      guard byte >= 0x30, byte <= 0x39 else { return nil }
      // Downwards: the least Int64 has no positive counterpart.
      let (scaled, overflow) = value.multipliedReportingOverflow(by: 10)
      let (next, carried) = scaled.subtractingReportingOverflow(Int64(byte - 0x30))
      if overflow || carried { return nil }
      value = next
    }
    if isNegative { return value }
    return value == .min ? nil : -value
  }

  /// Bytes from lower- or upper-case digits; nil unless there are twice `count`.
  static func bytes(hex text: UnsafeRawBufferPointer, count: Int) -> [UInt8]? {
    guard text.count == count * 2 else { return nil }
    var bytes = [UInt8](repeating: 0, count: count)
    for index in 0..<count {
      guard let high = nibble(text[index * 2]), let low = nibble(text[index * 2 + 1]) else { return nil }
      bytes[index] = high << 4 | low
    }
    return bytes
  }

  /// The halves of a UUID in its usual text (RFC 9562 §4).
  static func uuid(_ text: UnsafeRawBufferPointer) -> (high: UInt64, low: UInt64)? {
    guard text.count == uuidSize else { return nil }
    var halves: (high: UInt64, low: UInt64) = (0, 0)
    for (index, byte) in text.enumerated() {
      if index == 8 || index == 13 || index == 18 || index == 23 {
        guard byte == UInt8(ascii: "-") else { return nil }
        continue
      }
      guard let digit = nibble(byte) else { return nil }
      halves.high = halves.high << 4 | halves.low >> 60
      halves.low = halves.low << 4 | UInt64(digit)
    }
    return halves
  }

  private static func nibble(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x61...0x66: byte - 0x61 + 10
    case 0x41...0x46: byte - 0x41 + 10
    default: nil
    }
  }

  static func append(hex bytes: some Sequence<UInt8>, to text: inout [UInt8]) {
    let digits = hexDigits.utf8Start
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 0xF)])
    }
  }

  static func append(uuid high: UInt64, _ low: UInt64, to text: inout [UInt8]) {
    let digits = hexDigits.utf8Start
    for nibble in 0..<32 {
      if nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20 { text.append(UInt8(ascii: "-")) }
      let half = nibble < 16 ? high : low
      text.append(digits[Int(half >> UInt64(60 - nibble % 16 * 4) & 0xF)])
    }
  }

  /// With zeros in front up to `width`.
  static func append(_ value: Int64, width: Int = 1, to text: inout [UInt8]) {
    if value < 0 { text.append(UInt8(ascii: "-")) }
    var rest = value.magnitude
    let start = text.count
    repeat {
      text.append(0x30 + UInt8(truncatingIfNeeded: rest % 10))
      rest /= 10
    } while rest > 0 || text.count - start < width
    text[start...].reverse()
  }
}

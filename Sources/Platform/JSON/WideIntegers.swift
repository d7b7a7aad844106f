/// Integers that 64 bits cannot hold, written so that a parser takes them for decimals.
enum WideIntegers {
  /// The document with `e0` after each such integer; nil if it has none. Other numbers stay as they are, so that an
  /// integer that fits keeps all its digits. Bytes that are no JSON come out as some other bytes that are no JSON.
  static func asDecimals(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
    JSONNumbers.rewritten(bytes) { number in isWide(number) ? Array(number) + [0x65, 0x30] : nil }
  }

  private static func isWide(_ number: Slice<UnsafeRawBufferPointer>) -> Bool {
    let isNegative = number.first == 0x2D
    let digits = isNegative ? number.dropFirst() : number
    guard digits.allSatisfy(isDigit) else { return false }
    let largest: StaticString = isNegative ? "9223372036854775808" : "18446744073709551615"
    if digits.count != largest.utf8CodeUnitCount { return digits.count > largest.utf8CodeUnitCount }
    return UnsafeBufferPointer(start: largest.utf8Start, count: largest.utf8CodeUnitCount)
      .lexicographicallyPrecedes(digits)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
}

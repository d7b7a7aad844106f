/// Integers that 64 bits cannot hold, written so that a parser takes them for decimals.
enum WideIntegers {
  /// The document with `e0` after each such integer; nil if it has none. Other numbers stay as they are, so that an
  /// integer that fits keeps all its digits. Bytes that are no JSON come out as some other bytes that are no JSON.
  static func asDecimals(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
    var result: [UInt8] = []
    var copied = 0
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      if byte == 0x22 {
        index = endOfString(bytes, index)
      } else if byte == 0x2D || isDigit(byte) {
        let start = index
        index += 1
        while index < bytes.count, isPartOfNumber(bytes[index]) { index += 1 }
        guard isWide(bytes[start..<index]) else { continue }
        result.append(contentsOf: bytes[copied..<index])
        result.append(contentsOf: [0x65, 0x30])
        copied = index
      } else {
        index += 1
      }
    }
    guard !result.isEmpty else { return nil }
    result.append(contentsOf: bytes[copied...])
    return result
  }

  private static func endOfString(_ bytes: UnsafeRawBufferPointer, _ start: Int) -> Int {
    var index = start + 1
    while index < bytes.count, bytes[index] != 0x22 { index += bytes[index] == 0x5C ? 2 : 1 }
    return min(index + 1, bytes.count)
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

  private static func isPartOfNumber(_ byte: UInt8) -> Bool {
    isDigit(byte) || byte == 0x2E || byte | 0x20 == 0x65 || byte == 0x2B || byte == 0x2D
  }
}

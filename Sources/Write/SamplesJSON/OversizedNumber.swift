import Glibc
import JSON

/// Numbers that are right by JSON's grammar and have no finite Float64: `1e999`.
enum OversizedNumber {
  /// What stands for one after `replaceAll`: no member of a sample may be an array, so nothing good is taken for it.
  private static let replacement = Array("[[]]".utf8)
  /// Bytes of a number that is looked at: the shortest that is too big has five.
  private static let textLimit = 1_024

  static func isReplacement(_ value: JSONValue) -> Bool {
    guard var elements = value.elements, let inner = elements.next() else { return false }
    return inner.kind == .array
  }

  /// The document with each of them replaced; nil when it has none.
  static func replaceAll(in bytes: UnsafeRawBufferPointer) -> [UInt8]? {
    var result: [UInt8] = []
    var copied = 0
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      if byte == 0x22 {
        index = endOfString(bytes, index)
      } else if byte == 0x2D || isDigit(byte) {
        let start = index
        while index < bytes.count, isPartOfNumber(bytes[index]) { index += 1 }
        guard isOversized(bytes[start..<index]) else { continue }
        result.append(contentsOf: bytes[copied..<start])
        result.append(contentsOf: replacement)
        copied = index
      } else {
        index += 1
      }
    }
    guard copied > 0 else { return nil }
    result.append(contentsOf: bytes[copied...])
    return result
  }

  private static func endOfString(_ bytes: UnsafeRawBufferPointer, _ start: Int) -> Int {
    var index = start + 1
    while index < bytes.count, bytes[index] != 0x22 { index += bytes[index] == 0x5C ? 2 : 1 }
    return min(index + 1, bytes.count)
  }

  /// Finite ones never are, and what is no number stays for the parser to refuse.
  private static func isOversized(_ number: Slice<UnsafeRawBufferPointer>) -> Bool {
    guard number.count >= 5, number.count <= textLimit else { return number.count > textLimit }
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: number.count + 1) { copy -> Bool in
      guard let base = copy.baseAddress else { return false }
      for (offset, byte) in number.enumerated() { base[offset] = CChar(bitPattern: byte) }
      base[number.count] = 0
      var end: UnsafeMutablePointer<CChar>?
      let value = strtod(base, &end)
      return value.isInfinite && end == base + number.count
    }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

  private static func isPartOfNumber(_ byte: UInt8) -> Bool {
    isDigit(byte) || byte == 0x2E || byte | 0x20 == 0x65 || byte == 0x2B || byte == 0x2D
  }
}

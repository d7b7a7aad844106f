/// The numbers of a document, found without reading it: what stands outside of strings and looks like one.
package enum JSONNumbers {
  /// The document with each number for which `replacement` gives bytes replaced by them; nil when there is none. Bytes that
  /// are no JSON come out as some other bytes that are no JSON.
  package static func rewritten(
    _ bytes: UnsafeRawBufferPointer, _ replacement: (Slice<UnsafeRawBufferPointer>) -> [UInt8]?
  ) -> [UInt8]? {
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
        guard let replaced = replacement(bytes[start..<index]) else { continue }
        result.append(contentsOf: bytes[copied..<start])
        result.append(contentsOf: replaced)
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

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

  private static func isPartOfNumber(_ byte: UInt8) -> Bool {
    isDigit(byte) || byte == 0x2E || byte | 0x20 == 0x65 || byte == 0x2B || byte == 0x2D
  }
}

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
    JSONNumbers.rewritten(bytes) { isOversized($0) ? replacement : nil }
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
}

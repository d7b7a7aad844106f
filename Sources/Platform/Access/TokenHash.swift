import Hashing

/// SHA-256 of a secret: all that is kept of it. A secret has 256 random bits, so neither salt nor a slow hash would make
/// guessing any harder.
package struct TokenHash: Sendable, Hashable {
  private let words: SIMD4<UInt64>

  package init(of secret: String) {
    self.init(SHA256.hash(Array(secret.utf8)))
  }

  /// 64 hexadecimal digits in lower case; nil for anything else.
  init?(hexadecimal: Substring) {
    let digits = Array(hexadecimal.utf8)
    guard digits.count == 64 else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: 64, by: 2) {
      guard let high = Self.value(digits[index]), let low = Self.value(digits[index + 1]) else { return nil }
      bytes.append(high << 4 | low)
    }
    self.init(bytes)
  }

  private init(_ bytes: [UInt8]) {
    var words = SIMD4<UInt64>()
    for (index, byte) in bytes.prefix(32).enumerated() { words[index / 8] = words[index / 8] << 8 | UInt64(byte) }
    self.words = words
  }

  var hexadecimal: String {
    words.indices.map { index in
      let digits = String(words[index], radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }

  private static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case 0x30...0x39: digit - 0x30
    case 0x61...0x66: digit - 0x61 + 10
    default: nil
    }
  }
}

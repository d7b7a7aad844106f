/// Base 64 in the alphabet of URLs, without padding (RFC 4648 §5). One text per byte string: what no encoder writes is
/// refused.
package enum Base64URL {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
  /// 64 where a byte is not of the alphabet.
  private static let digits: [UInt8] = {
    var digits = [UInt8](repeating: 64, count: 256)
    for (digit, byte) in alphabet.enumerated() { digits[Int(byte)] = UInt8(digit) }
    return digits
  }()

  package static func encode(_ bytes: UnsafeRawBufferPointer) -> String {
    let size = (bytes.count * 4 + 2) / 3
    return String(unsafeUninitializedCapacity: size) { text in
      alphabet.withUnsafeBufferPointer { alphabet in
        var place = 0
        var held: UInt32 = 0
        var bits: UInt32 = 0
        for byte in bytes {
          held = held << 8 | UInt32(byte)
          bits += 8
          while bits >= 6 {
            bits -= 6
            text[place] = alphabet[Int(held >> bits & 63)]
            place += 1
          }
        }
        if bits > 0 {
          text[place] = alphabet[Int(held << (6 - bits) & 63)]
          place += 1
        }
        return place
      }
    }
  }

  /// Nil for anything but what `encode` writes.
  package static func decode(_ text: some Sequence<UInt8>) -> [UInt8]? {
    var bytes: [UInt8] = []
    var held: UInt32 = 0
    var bits: UInt32 = 0
    for byte in text {
      let digit = digits[Int(byte)]
      guard digit < 64 else { return nil }
      held = held << 6 | UInt32(digit)
      bits += 6
      if bits >= 8 {
        bits -= 8
        bytes.append(UInt8(truncatingIfNeeded: held >> bits))
      }
    }
    guard bits < 6, held & (1 << bits - 1) == 0 else { return nil }
    return bytes
  }
}

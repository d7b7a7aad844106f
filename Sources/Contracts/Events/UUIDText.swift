/// The usual text of a UUID (RFC 9562 §4), from its two halves: 36 lower-case characters.
package enum UUIDText {
  package static func text(high: UInt64, low: UInt64) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    text.reserveCapacity(36)
    for nibble in 0..<32 {
      if nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20 { text.append(UInt8(ascii: "-")) }
      let half = nibble < 16 ? high : low
      text.append(digits[Int(half >> UInt64(60 - nibble % 16 * 4) & 0xf)])
    }
    return String(decoding: text, as: UTF8.self)
  }
}

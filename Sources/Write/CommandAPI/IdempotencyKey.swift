/// The header `Idempotency-Key`: a string of RFC 8941 in quotes (as draft-ietf-httpapi-idempotency-key-header says), or
/// bare, as many clients send it.
enum IdempotencyKey {
  /// Bytes of the key itself.
  static let limit = 255

  /// The key inside the quotes. Printable ASCII, 1 to `limit` bytes; a bare key has no quote, backslash, comma, semicolon
  /// or space, so that a list or a parameter is not taken for one.
  static func parse(_ header: String) throws(RequestFault) -> String {
    let text = header.utf8.drop { $0 == 0x20 || $0 == 0x09 }
    let trimmed = Array(text.reversed().drop { $0 == 0x20 || $0 == 0x09 }.reversed())
    let key = trimmed.first == 0x22 ? unquote(trimmed) : bare(trimmed)
    guard let key, !key.isEmpty, key.count <= limit else {
      throw RequestFault(
        400, "invalid-idempotency-key",
        "cannot read Idempotency-Key: expected 1 to \(limit) printable ASCII characters, best in double quotes")
    }
    return String(decoding: key, as: UTF8.self)
  }

  private static func bare(_ bytes: [UInt8]) -> [UInt8]? {
    let isPlain = bytes.allSatisfy {
      $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C && $0 != 0x2C && $0 != 0x3B
    }
    return isPlain ? bytes : nil
  }

  /// Between the quotes; `\"` and `\\` are the only escapes.
  private static func unquote(_ bytes: [UInt8]) -> [UInt8]? {
    guard bytes.count >= 2, bytes.last == 0x22 else { return nil }
    var key: [UInt8] = []
    var isEscape = false
    for byte in bytes[1..<(bytes.count - 1)] {
      guard byte >= 0x20, byte < 0x7F else { return nil }
      if isEscape {
        guard byte == 0x22 || byte == 0x5C else { return nil }
        key.append(byte)
        isEscape = false
      } else if byte == 0x5C {
        isEscape = true
      } else if byte == 0x22 {
        return nil
      } else {
        key.append(byte)
      }
    }
    return isEscape ? nil : key
  }
}

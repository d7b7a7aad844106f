/// Percent-decoding of request targets (RFC 3986) and of query strings (the URL standard's
/// application/x-www-form-urlencoded).
package enum HTTPQuery {
  /// `a=1&b` as ("a", "1"), ("b", ""). Order and duplicates are kept, empty pieces are not.
  package static func items(_ query: String) -> [(name: String, value: String)] {
    query.utf8.split(separator: 0x26).map { piece in
      guard let equals = piece.firstIndex(of: 0x3D) else { return (decode(piece, plusIsSpace: true), "") }
      return (
        decode(piece[..<equals], plusIsSpace: true), decode(piece[piece.index(after: equals)...], plusIsSpace: true)
      )
    }
  }

  /// Whether all of a query is UTF-8 once it is decoded. `items` takes what is not for U+FFFD.
  package static func isUTF8(_ query: String) -> Bool {
    String(validating: bytes(query.utf8[...], plusIsSpace: true), as: UTF8.self) != nil
  }

  /// The parts of a path between slashes, decoded: `/v1/metrics/a%2Fb` is `v1`, `metrics`, `a/b`.
  static func segments(_ path: String) -> [String] {
    path.utf8.split(separator: 0x2F, omittingEmptySubsequences: false).dropFirst().map {
      decode($0, plusIsSpace: false)
    }
  }

  /// One part of a path, decoded, whether that is UTF-8 or not.
  package static func decodedBytes(_ segment: Substring) -> [UInt8] { bytes(segment.utf8, plusIsSpace: false) }

  /// Bytes that are no UTF-8 become U+FFFD.
  static func decode(_ text: Substring.UTF8View, plusIsSpace: Bool) -> String {
    String(decoding: bytes(text, plusIsSpace: plusIsSpace), as: UTF8.self)
  }

  /// A percent sign without two hexadecimal digits stands for itself.
  private static func bytes(_ text: Substring.UTF8View, plusIsSpace: Bool) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count)
    var rest = text
    while let byte = rest.popFirst() {
      if byte == 0x25, let value = hexadecimal(rest.prefix(2)) {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte == 0x2B && plusIsSpace ? 0x20 : byte)
      }
    }
    return bytes
  }

  private static func hexadecimal(_ digits: Substring.UTF8View) -> UInt8? {
    guard digits.count == 2 else { return nil }
    var value: UInt8 = 0
    for digit in digits {
      switch digit {
      case 0x30...0x39: value = value << 4 | (digit - 0x30)
      case 0x41...0x46: value = value << 4 | (digit - 0x37)
      case 0x61...0x66: value = value << 4 | (digit - 0x57)
      default: return nil
      }
    }
    return value
  }
}

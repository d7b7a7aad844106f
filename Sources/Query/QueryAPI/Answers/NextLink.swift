/// The headers that lead from a page to the next one: for CSV, which has no place for a cursor in its body, and for clients
/// that follow links (RFC 8288).
enum NextLink {
  /// Bytes of the link above which it is left out: the headers of an answer and of its request share 32 KiB.
  private static let limit = 4 << 10

  /// - Parameters:
  ///   - items: the parameters of the page's own request.
  static func headers(_ path: String, _ items: [(name: String, value: String)], cursor: String) -> [(String, String)] {
    var target = path + "?"
    for (name, value) in items where name != "cursor" { target += encoded(name) + "=" + encoded(value) + "&" }
    target += "cursor=" + encoded(cursor)
    let next = ("Daybook-Next", cursor)
    return target.utf8.count > limit ? [next] : [next, ("Link", "<\(target)>; rel=\"next\"")]
  }

  /// Percent-encoded, but for RFC 3986's unreserved characters.
  private static func encoded(_ text: String) -> String {
    var bytes: [UInt8] = []
    let digits: StaticString = "0123456789ABCDEF"
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: bytes.append(byte)
      default:
        bytes.append(0x25)
        bytes.append(digits.utf8Start[Int(byte >> 4)])
        bytes.append(digits.utf8Start[Int(byte & 15)])
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

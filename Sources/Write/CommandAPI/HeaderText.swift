/// Text on its way into a header's value.
enum HeaderText {
  /// Bytes. Some clients refuse longer lines.
  private static let limit = 512

  /// One line of printable ASCII: what else stands in `text` becomes `?`, and it is cut.
  static func safe(_ text: String) -> String {
    let bytes = text.utf8.prefix(limit).map { $0 >= 0x20 && $0 < 0x7F ? $0 : 0x3F }
    return String(decoding: bytes, as: UTF8.self)
  }
}

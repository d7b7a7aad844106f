/// The header `Content-Type` of a body of text: what it is, and whether its charset is the only one that is read here.
struct ContentType {
  /// `application/json`, in lower case.
  let name: String
  /// UTF-8, or not said.
  let isUTF8: Bool

  /// An absent header counts as JSON.
  init(_ header: String?) {
    let parts = (header ?? "application/json").lowercased().split(separator: ";").map(Self.trimmed)
    name = parts.first ?? ""
    isUTF8 = parts.dropFirst().filter { $0.hasPrefix("charset=") }
      .allSatisfy { $0.contains("utf-8") || $0.contains("utf8") }
  }

  /// `accepted` is for people: what the endpoint takes.
  static func unsupported(_ header: String?, accepted: String) -> RequestFault {
    RequestFault(
      415, "unsupported-media-type",
      "cannot read Content-Type \"\(header?.prefix(100) ?? "")\": send \(accepted), in UTF-8 "
        + "(curl: -H 'Content-Type: application/json')")
  }

  private static func trimmed(_ text: Substring) -> String {
    String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}

/// The target of a request line, taken apart but not decoded.
struct HTTPTarget {
  let path: String
  let query: String
  /// What stands for the host in the absolute form; nil in the usual one.
  let authority: String?

  /// `/path?query`, or the absolute form `http://host/path?query` that proxies are sent.
  init(_ target: UnsafePointer<CChar>) {
    let text = String(cString: target)
    var rest = text[...]
    if !rest.utf8.starts(with: "/".utf8), let scheme = rest.utf8.firstRange(of: "://".utf8) {
      let afterHost = rest[scheme.upperBound...].utf8.firstIndex { $0 == 0x2F || $0 == 0x3F } ?? rest.endIndex
      authority = String(rest[scheme.upperBound..<afterHost])
      rest = rest[afterHost...]
    } else {
      authority = nil
    }
    guard let mark = rest.utf8.firstIndex(of: 0x3F) else {
      path = rest.isEmpty ? "/" : String(rest)
      query = ""
      return
    }
    path = rest[..<mark].isEmpty ? "/" : String(rest[..<mark])
    query = String(rest[rest.utf8.index(after: mark)...])
  }
}

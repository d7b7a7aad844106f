import Glibc

/// Where Postgres' programs may be.
enum PostgresFolders {
  /// Debian's and Red Hat's folders of major versions, the newest first.
  static var installed: [(path: String, version: String)] {
    var found: [(path: String, version: String)] = []
    for root in ["/usr/lib/postgresql", "/usr"] {
      for name in SystemCall.names(in: root) {
        let version = root == "/usr" ? (name.hasPrefix("pgsql-") ? String(name.dropFirst(6)) : nil) : name
        if let version, Int(version) != nil { found.append(("\(root)/\(name)/bin", version)) }
      }
    }
    return found.sorted { (Int($0.version) ?? 0) > (Int($1.version) ?? 0) }
  }

  /// The folders of PATH.
  static var onPath: [String] {
    (getenv("PATH").map { String(cString: $0) } ?? "").split(separator: ":").map(String.init)
  }
}

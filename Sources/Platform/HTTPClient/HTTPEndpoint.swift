package import Runtime

/// Where a service is and how to talk to it: `http://127.0.0.1:8080`, `https://metrics.example.org/daybook`.
package struct HTTPEndpoint: Sendable, Equatable, CustomStringConvertible {
  package let isSecure: Bool
  package let address: ListenAddress
  /// What stands before every path, for a service behind a proxy: empty, or with a slash in front and none at the end.
  package let basePath: String

  package init(_ address: ListenAddress, isSecure: Bool = false, basePath: String = "") {
    self.isSecure = isSecure
    self.address = address
    self.basePath = basePath
  }

  /// `http://HOST[:PORT][/PATH]` or `https://…`; the port left out is 80 or 443. No user, no query, no fragment: what is
  /// secret has no place in a URL.
  package init(url: String) throws(UsageError) {
    guard let scheme = ["http://", "https://"].first(where: { url.lowercased().hasPrefix($0) }) else {
      throw UsageError("'\(url)' is no URL of a service: write http://HOST:PORT or https://HOST:PORT")
    }
    isSecure = scheme == "https://"
    let rest = url.dropFirst(scheme.count)
    let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    let path = rest[authority.endIndex...]
    guard !authority.contains("@") else {
      throw UsageError("a URL must hold no user or password: give a token by DAYBOOK_TOKEN or --token-file")
    }
    let isPlain = path.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } && !path.contains("?") && !path.contains("#")
    guard isPlain, !authority.isEmpty, authority.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      throw UsageError("'\(url)' is no URL of a service: write \(scheme)HOST:PORT, with no query and no fragment")
    }
    basePath = String(path.reversed().drop { $0 == "/" }.reversed())
    let hasPort = authority.hasSuffix("]") ? false : authority.contains(":")
    if hasPort {
      address = try ListenAddress(String(authority))
    } else {
      let bare = authority.hasPrefix("[") ? authority.dropFirst().dropLast() : authority
      address = ListenAddress(host: String(bare), port: isSecure ? 443 : 80)
    }
  }

  package var description: String { (isSecure ? "https://" : "http://") + "\(address)" + basePath }
}

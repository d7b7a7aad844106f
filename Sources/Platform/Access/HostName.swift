import Glibc

/// The host of a URL or of a `Host` header, in lower case and without port: `localhost`, `127.0.0.1`, `[::1]`.
struct HostName: Hashable {
  enum Kind { case address, name }

  let text: String
  let kind: Kind

  /// The longest name that DNS has.
  private static let limit = 253

  /// `host`, `host:port`, `[::1]`, `[::1]:port`. Nil for what is no host or no port: user names, spaces, paths.
  init?(authority: String) {
    let lower = authority.lowercased()
    var host = lower[...]
    if lower.hasPrefix("[") {
      guard let end = lower.firstIndex(of: "]") else { return nil }
      host = lower[...end]
    } else if let colon = lower.firstIndex(of: ":") {
      host = lower[..<colon]
    }
    guard Self.isPort(lower[host.endIndex...]) else { return nil }
    self.init(String(host))
  }

  /// A host without port. One dot at a name's end, which DNS ignores, is taken off.
  init?(_ host: String) {
    let lower = host.lowercased()
    if lower.hasPrefix("["), lower.hasSuffix("]") {
      guard Self.isAddress(String(lower.dropFirst().dropLast()), AF_INET6) else { return nil }
      self.init(text: lower, kind: .address)
      return
    }
    let name = lower.hasSuffix(".") ? String(lower.dropLast()) : lower
    guard !name.isEmpty, name.utf8.count <= Self.limit, name.utf8.allSatisfy(Self.isNameByte) else { return nil }
    self.init(text: name, kind: Self.isAddress(name, AF_INET) ? .address : .name)
  }

  private init(text: String, kind: Kind) {
    self.text = text
    self.kind = kind
  }

  private static func isPort(_ text: Substring) -> Bool {
    text.isEmpty
      || text.first == ":" && text.utf8.count <= 6 && text.dropFirst().utf8.allSatisfy { (0x30...0x39) ~= $0 }
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x61...0x7A, 0x30...0x39, 0x2D, 0x2E, 0x5F: true
    default: false
    }
  }

  private static func isAddress(_ text: String, _ family: Int32) -> Bool {
    var bytes = in6_addr()
    return inet_pton(family, text, &bytes) == 1
  }
}

/// Keeps web pages of others out, with and without tokens: the person before the browser may be on a machine that reaches
/// this service, and the page that runs there is not theirs.
///
/// - `Host` must be an IP address, `localhost` or a name of ours. A page that lets its own name point at this machine
///   (DNS rebinding) is of the service's origin in the browser's eyes; its name gives it away.
/// - `Origin` must be this very service. Browsers send it with everything that could change something.
/// - Fetch metadata says the same of requests without `Origin`: images, scripts, frames. Following a link is allowed.
///
/// There is no CORS: no page of another origin is ever told that it may read.
struct SiteRules: Sendable {
  private let names: Set<HostName>

  /// `names`: what the service is called beside its addresses and `localhost`.
  init(names: [HostName]) {
    var all = Set(names)
    if let local = HostName("localhost") { all.insert(local) }
    self.names = all
  }

  func check(_ request: AccessRequest) throws(AccessRefusal) {
    try checkHost(request)
    try checkOrigin(request)
    try checkFetchSite(request)
  }

  private func checkHost(_ request: AccessRequest) throws(AccessRefusal) {
    guard request.hosts.count <= 1 else { throw .invalidHost("it has more than one Host header") }
    // A client of HTTP/1.0 may not know the header; browsers always send it.
    guard request.isVersion10 || request.hosts.first?.isEmpty == false else {
      throw .invalidHost("it has no Host header")
    }
    for authority in request.hosts + (request.authority.map { [$0] } ?? []) {
      guard let host = HostName(authority: authority) else { throw .invalidHost("its Host header holds no host") }
      guard host.kind == .address || names.contains(host) else { throw .foreignHost(host.text) }
    }
  }

  private func checkOrigin(_ request: AccessRequest) throws(AccessRefusal) {
    guard !request.origins.isEmpty else { return }
    guard request.origins.count == 1, let host = request.authority ?? request.hosts.first else { throw .foreignOrigin }
    let own =
      request.isEncrypted ? Self.origin("https://", host, port: ":443") : Self.origin("http://", host, port: ":80")
    guard request.origins[0].lowercased() == own else { throw .foreignOrigin }
  }

  /// As browsers write it: without the scheme's own port.
  private static func origin(_ scheme: String, _ authority: String, port: String) -> String {
    let host = authority.lowercased()
    return scheme + (host.hasSuffix(port) ? String(host.dropLast(port.count)) : host)
  }

  /// `same-site` is another origin too: another port of this machine.
  private func checkFetchSite(_ request: AccessRequest) throws(AccessRefusal) {
    guard let site = request.fetchSite, site != "same-origin", site != "none" else { return }
    let isLink =
      request.fetchMode == "navigate" && request.fetchDestination ?? "document" == "document"
      && (request.method == "GET" || request.method == "HEAD")
    guard isLink else { throw .foreignOrigin }
  }
}

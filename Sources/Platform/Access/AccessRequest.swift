import HTTPServer

/// What access is decided by: a request's head as plain values.
package struct AccessRequest: Sendable {
  package var method = "GET"
  package var path = "/"
  /// As sent. May hold a secret.
  package var query = ""
  /// The host of a target in absolute form.
  package var authority: String?
  package var isVersion10 = false
  package var isEncrypted = false
  /// All headers of each name, in the order sent.
  package var hosts: [String] = []
  package var origins: [String] = []
  package var authorizations: [String] = []
  /// `Sec-Fetch-Site`, `-Mode` and `-Dest`: what a browser says about who asks (W3C Fetch Metadata).
  package var fetchSite: String?
  package var fetchMode: String?
  package var fetchDestination: String?

  package init() {}

  init(_ head: HTTPRequestHead) {
    method = head.method
    path = head.path
    query = head.query
    authority = head.authority
    isVersion10 = head.isVersion10
    isEncrypted = head.isEncrypted
    hosts = head.headers("Host")
    origins = head.headers("Origin")
    authorizations = head.headers("Authorization")
    fetchSite = head.header("Sec-Fetch-Site")
    guard fetchSite != nil else { return }
    fetchMode = head.header("Sec-Fetch-Mode")
    fetchDestination = head.header("Sec-Fetch-Dest")
  }
}

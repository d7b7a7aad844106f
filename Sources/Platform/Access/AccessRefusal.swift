/// Why a request is not let in. No text of it holds anything that a client sent as a secret.
package struct AccessRefusal: Error, Sendable {
  /// HTTP status.
  package let status: Int
  /// For programs; never changes.
  package let code: String
  /// For people: what is wrong and what to do.
  package let detail: String
  package let headers: [(String, String)]

  private init(_ status: Int, _ code: String, _ detail: String, challenge: String? = nil) {
    self.status = status
    self.code = code
    self.detail = detail
    headers = challenge.map { [("WWW-Authenticate", $0)] } ?? []
  }

  /// All codes, for metrics and documentation.
  package static let codes = ["invalid-host", "foreign-host", "foreign-origin", "unauthorized", "forbidden"]

  static func invalidHost(_ problem: String) -> AccessRefusal {
    AccessRefusal(
      400, "invalid-host", "cannot take the request: \(problem); send one Host header with the name and port")
  }

  static func foreignHost(_ name: String) -> AccessRefusal {
    AccessRefusal(
      421, "foreign-host",
      "this service does not answer to the name \"\(name.prefix(100))\": use its IP address or localhost, or start it with "
        + "--host-name \(name.prefix(100))")
  }

  static let foreignOrigin = AccessRefusal(
    403, "foreign-origin",
    "a web page of another origin sent this request: such pages can neither write nor read here; call the service from "
      + "a program, or from a page that it serves itself")

  /// RFC 6750: a request without credentials gets a challenge without an error code. Basic is accepted and not offered:
  /// browsers that were once asked for a password send it with every request of every page.
  static let tokenMissing = AccessRefusal(
    401, "unauthorized",
    "this needs a token: send the header Authorization: Bearer SECRET; daybook token add makes tokens",
    challenge: "Bearer realm=\"daybook\"")

  static let tokenUnknown = AccessRefusal(
    401, "unauthorized", "the token is not known here: it was removed, never added, or belongs to another service",
    challenge: "Bearer realm=\"daybook\", error=\"invalid_token\"")

  static let credentialsUnreadable = AccessRefusal(
    401, "unauthorized",
    "cannot read the Authorization header: send one, as Bearer SECRET, Token SECRET, or Basic with the secret as password",
    challenge: "Bearer realm=\"daybook\", error=\"invalid_request\"")

  static func scopeMissing(_ scope: AccessScope, _ token: String) -> AccessRefusal {
    AccessRefusal(
      403, "forbidden",
      "the token \"\(token)\" may not \(scope.rawValue): use one that was added with --\(scope.rawValue)",
      challenge: "Bearer realm=\"daybook\", error=\"insufficient_scope\", scope=\"\(scope.rawValue)\"")
  }
}

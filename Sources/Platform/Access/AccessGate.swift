package import HTTPServer
package import Runtime

/// Who gets in: web pages of others never, and where there are tokens nobody without one. Any thread.
package final class AccessGate: Sendable {
  private let rules: SiteRules
  private let tokens: TokenStore?
  private let refusals: [String: Counter]

  /// - Parameters:
  ///   - tokens: nil: everybody is let in, as nobody in particular.
  ///   - hostNames: what the service is called beside its addresses and `localhost`.
  package init(tokens: TokenStore?, hostNames: [String], metrics: MetricsRegistry) {
    rules = SiteRules(names: hostNames.compactMap { HostName($0) })
    self.tokens = tokens
    refusals = Dictionary(
      uniqueKeysWithValues: AccessRefusal.codes.map { code in
        (
          code,
          metrics.counter("daybook_access_refused_total", "Requests that were not let in, by reason.", ["reason": code])
        )
      })
  }

  /// Whether `text` can be one of `hostNames`: no scheme, no port.
  package static func isHostName(_ text: String) -> Bool { HostName(text) != nil }

  /// Puts the gate before a server's handler; `HTTPExchange.identity` then is the token's name, or nil without tokens.
  package func apply(to settings: inout HTTPServerSettings, policy: any AccessPolicy) {
    settings.admit = { [self] head in
      do throws(AccessRefusal) {
        return .admit(identity: try admit(AccessRequest(head), policy))
      } catch {
        refusals[error.code]?.add()
        return .refuse(policy.answer(error, path: head.path))
      }
    }
  }

  /// The name of the token that the request comes with; nil where none is needed.
  package func admit(_ request: AccessRequest, _ policy: any AccessPolicy) throws(AccessRefusal) -> String? {
    try rules.check(request)
    guard let tokens else { return nil }
    let requirement = policy.requirement(method: request.method, path: request.path, query: request.query)
    if requirement == .open { return nil }
    let secret = try AccessCredentials.secret(request, inQuery: policy.takesPasswordInQuery(path: request.path))
    guard let secret else { throw .tokenMissing }
    guard let token = tokens.token(of: secret) else { throw .tokenUnknown }
    if case .scope(let scope) = requirement, !token.scopes.contains(scope) { throw .scopeMissing(scope, token.name) }
    return token.name
  }
}

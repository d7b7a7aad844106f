/// Whether a request is taken, decided before its body is.
package enum HTTPAdmissionDecision: Sendable {
  /// `identity`: who sends it, for `HTTPExchange.identity`; nil where nobody asked.
  case admit(identity: String?)
  /// The handler does not get to see it; a body is read and dropped, within `swallowLimit`.
  case refuse(HTTPResponse)
}

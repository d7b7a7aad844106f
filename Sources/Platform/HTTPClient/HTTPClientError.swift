/// What went wrong between a request and its answer.
package struct HTTPClientError: Error, CustomStringConvertible {
  package enum Kind: Sendable {
    /// Nobody listens, no route, no such name: nothing was sent.
    case unreachable
    /// The connection ended or broke before the whole answer: the request may have been carried out, or not.
    case closed
    /// No answer in time: the request may have been carried out, or not.
    case timedOut
    /// No trust: the certificate is not the host's, or nobody known vouches for it. Trying again changes nothing.
    case untrusted
    /// What came is no HTTP answer, or too large.
    case badAnswer
    case other
  }

  package let kind: Kind
  package let description: String

  package init(_ description: String, kind: Kind = .other) {
    self.description = description
    self.kind = kind
  }

  /// Whether the same request may fare better later.
  package var isPassing: Bool {
    switch kind {
    case .unreachable, .closed, .timedOut: true
    case .untrusted, .badAnswer, .other: false
    }
  }
}

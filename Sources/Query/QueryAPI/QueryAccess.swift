package import Access
package import HTTPServer

/// What the query service asks of its requests where there are tokens.
package struct QueryAccess: AccessPolicy {
  /// What is not named here needs the most: a new route is closed until somebody opens it.
  package func requirement(method: String, path: String, query: String) -> AccessRequirement {
    switch QueryRoute(rawValue: path) {
    case .live: .open
    // What it says in its long form is for those who operate the service.
    case .ready: HTTPQuery.items(query).contains { $0.name == "verbose" } ? .anyToken : .open
    case .exposition: .anyToken
    case .timeline, .metrics, .series, .samples, .latest, .status, nil: .scope(.read)
    }
  }

  package func takesPasswordInQuery(path: String) -> Bool { false }

  package func answer(_ refusal: AccessRefusal, path: String) -> HTTPResponse {
    var answer = QueryAnswer(Problem(status: refusal.status, code: refusal.code, detail: refusal.detail))
    answer.headers += refusal.headers
    return answer.response
  }
}

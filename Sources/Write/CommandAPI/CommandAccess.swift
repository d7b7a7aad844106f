package import Access
package import HTTPServer

/// What the command service asks of its requests where there are tokens.
package struct CommandAccess: AccessPolicy {
  /// What is not named here needs the most: a new route is closed until somebody opens it.
  package func requirement(method: String, path: String, query: String) -> AccessRequirement {
    switch Route(path: path) {
    case .ping, .health, .live: .open
    // What it says in its long form is for those who operate the service.
    case .ready: QueryParameters(HTTPQuery.items(query)).has("verbose") ? .anyToken : .open
    case .metrics, .query1: .anyToken
    case .samples, .describe, .write1, .write2, nil: .scope(.write)
    }
  }

  package func takesPasswordInQuery(path: String) -> Bool {
    switch Route(path: path) {
    case .write1, .query1: true
    default: false
    }
  }

  package func answer(_ refusal: AccessRefusal, path: String) -> HTTPResponse {
    var fault = RequestFault(refusal.status, refusal.code, refusal.detail)
    fault.headers = refusal.headers
    return Route.dialect(of: path).response(fault)
  }
}

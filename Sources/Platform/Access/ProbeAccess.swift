package import HTTPServer
import Runtime

/// What a listener asks of its requests that has nothing but probes and metrics.
package struct ProbeAccess: AccessPolicy {
  package init() {}

  package func requirement(method: String, path: String, query: String) -> AccessRequirement {
    switch path {
    case "/livez": .open
    case "/readyz": HTTPQuery.items(query).contains { $0.name == "verbose" } ? .anyToken : .open
    default: .anyToken
    }
  }

  package func takesPasswordInQuery(path: String) -> Bool { false }

  package func answer(_ refusal: AccessRefusal, path: String) -> HTTPResponse {
    let body =
      "{\"type\":\"about:blank\",\"status\":\(refusal.status),\"code\":\(JSONText.quoted(refusal.code)),"
      + "\"detail\":\(JSONText.quoted(refusal.detail))}\n"
    return .json(refusal.status, body, headers: refusal.headers, contentType: "application/problem+json")
  }
}

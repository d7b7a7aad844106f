import Access
import HTTPServer
import Probes

/// What a process that only tells how it is asks of its requests where there are tokens.
struct ProbeAccess: AccessPolicy {
  /// What is not named here needs the most.
  func requirement(method: String, path: String, query: String) -> AccessRequirement {
    switch ProbeRoute(rawValue: path) {
    case .live: .open
    // What it says in its long form is for those who operate the service.
    case .ready: HTTPQuery.items(query).contains { $0.name == "verbose" } ? .anyToken : .open
    case .metrics, nil: .anyToken
    }
  }

  func takesPasswordInQuery(path: String) -> Bool { false }

  func answer(_ refusal: AccessRefusal, path: String) -> HTTPResponse {
    .text(refusal.status, "\(refusal.code): \(refusal.detail)\n", headers: refusal.headers)
  }
}

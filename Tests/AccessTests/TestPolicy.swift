import Access
import HTTPServer

/// `/open` needs nothing, `/any` any token, `/read` that scope, everything else `write`; `/write` takes `p=`.
struct TestPolicy: AccessPolicy {
  func requirement(method: String, path: String, query: String) -> AccessRequirement {
    switch path {
    case "/open": .open
    case "/any": .anyToken
    case "/read": .scope(.read)
    default: .scope(.write)
    }
  }

  func takesPasswordInQuery(path: String) -> Bool { path == "/write" }

  func answer(_ refusal: AccessRefusal, path: String) -> HTTPResponse {
    .text(refusal.status, refusal.code, headers: refusal.headers)
  }
}

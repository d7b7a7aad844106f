package import HTTPServer

/// What a service asks of its requests, and how it refuses them. Called on server threads, many at once.
package protocol AccessPolicy: Sendable {
  /// `path` and `query` as sent, not decoded. Whatever is not known by name should need the most.
  func requirement(method: String, path: String, query: String) -> AccessRequirement

  /// Whether a token may stand in the query as `p=`, as clients of InfluxDB 1 send it.
  func takesPasswordInQuery(path: String) -> Bool

  /// The refusal in the shape of the path's protocol. Carries all of `refusal.headers`.
  func answer(_ refusal: AccessRefusal, path: String) -> HTTPResponse
}

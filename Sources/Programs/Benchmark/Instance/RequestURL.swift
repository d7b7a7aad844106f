import HTTPClient
package import Runtime

/// What is asked of a server of any make: `http://127.0.0.1:8428/write`, `http://127.0.0.1:8086/write?db=x`.
package struct RequestURL: Sendable, Equatable {
  package let address: ListenAddress
  /// Path and query, as sent.
  package let target: String

  package init(_ text: String) throws(UsageError) {
    let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let endpoint = try HTTPEndpoint(url: String(parts[0]))
    guard !endpoint.isSecure else { throw UsageError("the loader speaks plain http: '\(text)' is https") }
    let query = parts.count > 1 ? "?" + parts[1] : ""
    guard query.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x23 }) else {
      throw UsageError("'\(text)' has a query that cannot be sent as it is: encode it")
    }
    address = endpoint.address
    target = (endpoint.basePath.isEmpty ? "/" : endpoint.basePath) + query
  }

  init(address: ListenAddress, target: String) {
    self.address = address
    self.target = target
  }
}

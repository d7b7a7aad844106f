package import HTTPServer
package import Runtime

/// The answer to `GET /metrics`.
package enum MetricsAnswer {
  /// Prometheus' text format 0.0.4.
  package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  package static func response(_ registry: MetricsRegistry) -> HTTPResponse {
    HTTPResponse(status: 200, headers: [("Content-Type", contentType)], body: Array(registry.exposition().utf8))
  }
}

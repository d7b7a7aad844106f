import Events
import HTTPClient
import HTTPServer
import Postgres
import Probes
import Queries
import QueryAPI
import QueryTestSupport
import Runtime

/// A query service behind a real HTTP server on a free port. Its methods are for one thread.
final class RunningQueryService {
  private let service: QueryService
  private let server: HTTPServer
  private let client: HTTPClient

  init(
    _ readStore: PostgresAddress, eventStore: PostgresAddress? = nil, _ change: (inout QueryLimits) -> Void = { _ in }
  ) throws {
    var limits = QueryLimits()
    change(&limits)
    let registry = MetricsRegistry()
    let service = QueryService(
      readStore: readStore, eventStore: eventStore, limits: limits, logger: TestStore.logger, metrics: registry,
      identity: ProcessIdentity(program: "query", version: "test"))
    self.service = service
    server = try HTTPServer(
      QueryService.serverSettings(host: "127.0.0.1", port: 0), logger: TestStore.logger, metrics: registry,
      handler: { service.handle($0) })
    client = HTTPClient(ListenAddress(host: "127.0.0.1", port: server.port))
  }

  func stop() {
    service.stop()
    server.stop()
  }

  func get(
    _ target: String, method: String = "GET", headers: [(String, String)] = []
  ) throws -> HTTPClientResponse {
    try client.send(method, target, headers: headers)
  }

  /// Waits until the read models have everything up to `token`.
  func waitFor(_ token: PositionToken) throws {
    let response = try get("/v1/metrics?after=\(token)&wait=20s")
    guard response.status == 200 else { throw Unexpected(response: response.text) }
  }

  struct Unexpected: Error { let response: String }
}

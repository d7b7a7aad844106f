import HTTPServer
import Runtime
import Synchronization

/// A server on a free port of loopback, stopped when the value goes.
final class TestServer {
  let server: HTTPServer
  var port: UInt16 { server.port }

  init(
    _ change: (inout HTTPServerSettings) -> Void = { _ in }, metrics: MetricsRegistry = MetricsRegistry(),
    handler: @escaping @Sendable (HTTPExchange) -> Void
  ) throws {
    var settings = HTTPServerSettings(host: "127.0.0.1", port: 0)
    settings.drainLimit = .milliseconds(200)
    change(&settings)
    server = try HTTPServer(
      settings, logger: Logger(program: "test", level: .error), metrics: metrics, handler: handler)
  }

  deinit { server.stop() }
}

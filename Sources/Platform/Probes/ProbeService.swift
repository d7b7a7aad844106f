package import HTTPServer
package import Runtime

/// The HTTP side of a process that serves nothing else: `/livez`, `/readyz` and `/metrics`. Never blocks, takes no bodies.
package final class ProbeService: Sendable {
  private let registry: MetricsRegistry
  private let problem: @Sendable () -> String?
  private let report: @Sendable () -> HealthReport

  /// - Parameters:
  ///   - problem: why the process should be ended and started again; nil while it lives.
  ///   - report: whether it does its work. Both are asked on the server's threads and must not block.
  package init(
    registry: MetricsRegistry, problem: @escaping @Sendable () -> String?,
    report: @escaping @Sendable () -> HealthReport
  ) {
    self.registry = registry
    self.problem = problem
    self.report = report
  }

  /// Where to listen, with the limits of a server for a few scrapes.
  package static func serverSettings(host: String, port: UInt16) -> HTTPServerSettings {
    var settings = HTTPServerSettings(host: host, port: port)
    settings.threads = 1
    settings.bodyLimit = 64 << 10
    settings.bytesInFlightLimit = 1 << 20
    settings.connectionLimit = 64
    settings.routeName = { ProbeRoute(rawValue: $0)?.rawValue }
    return settings
  }

  /// The server's handler.
  package func handle(_ exchange: HTTPExchange) {
    guard let route = ProbeRoute(rawValue: exchange.path) else {
      let known = ProbeRoute.allCases.map(\.rawValue).joined(separator: ", ")
      return exchange.respond(
        .text(404, "there is nothing at \(exchange.path.prefix(200)): the paths are \(known)\n"))
    }
    guard ProbeRoute.methods.contains(exchange.method) else {
      let allowed = ProbeRoute.methods.joined(separator: ", ")
      return exchange.respond(
        .text(
          405, "\(route.rawValue) takes \(allowed), not \(exchange.method.prefix(32))\n", headers: [("Allow", allowed)])
      )
    }
    switch route {
    case .live: exchange.respond(live())
    case .ready: exchange.respond(report().response(isVerbose: exchange.queryItems().contains { $0.name == "verbose" }))
    case .metrics: exchange.respond(MetricsAnswer.response(registry))
    }
  }

  private func live() -> HTTPResponse {
    guard let problem = problem() else { return .text(200, "ok\n") }
    return .text(503, "not alive: \(problem)\n")
  }
}

package import HTTPServer
import LineProtocol
package import Runtime

/// The command API: from an HTTP request to a command, and from its outcome to the answer. Stateless but for caches; made
/// once, used by all threads of a server.
///
/// `handle` parses on the calling thread, which is the server's, and never waits for the database: the answer of a
/// command comes from the appender's thread.
package final class CommandService: Sendable {
  private let metrics: CommandMetrics
  private let samples: SamplesEndpoint
  private let lines: LineEndpoint
  private let descriptions: DescribeEndpoint
  private let queries = InfluxQueryEndpoint()
  private let probes: ProbeEndpoints
  private let settings: CommandSettings
  /// What the service asks of its requests where there are tokens.
  package let access: CommandAccess

  package init(
    appender: any CommandAppending, settings: CommandSettings, logger: Logger, registry: MetricsRegistry
  ) {
    self.settings = settings
    metrics = CommandMetrics(registry)
    access = CommandAccess(metrics: metrics)
    let submission = CommandSubmission(appender: appender, metrics: metrics, logger: logger)
    let cache = HeadCache(byteLimit: settings.headCacheLimit)
    samples = SamplesEndpoint(submission, settings: settings)
    lines = LineEndpoint(submission, settings: settings, cache: cache)
    descriptions = DescribeEndpoint(submission, settings: settings)
    probes = ProbeEndpoints(appender: appender, version: settings.version, registry: registry)
    registry.gauge("daybook_head_cache_heads", "Heads of line protocol in memory.") { Double(cache.status.heads) }
    registry.gauge("daybook_head_cache_bytes", "Memory of the cache of heads.") { Double(cache.status.byteCount) }
    registry.gauge("daybook_head_cache_emptied", "How often the cache of heads was full and emptied.") {
      Double(cache.status.timesEmptied)
    }
  }

  /// The server's handler.
  package func handle(_ exchange: HTTPExchange) {
    let route = Route(path: exchange.path)
    let answer = RequestAnswer(exchange, route: route, metrics: metrics)
    do throws(RequestFault) {
      guard let route else { throw .pathUnknown(exchange.path) }
      guard route.methods.contains(exchange.method) else { throw .methodNotAllowed(exchange.method, route) }
      try dispatch(route, exchange, answer)
    } catch {
      answer.send(error)
    }
  }

  /// Throws only when nothing has been answered yet.
  private func dispatch(_ route: Route, _ exchange: HTTPExchange, _ answer: RequestAnswer) throws(RequestFault) {
    switch route {
    case .samples: try samples.handle(exchange, answer)
    case .describe: try descriptions.handle(exchange, answer)
    case .write1, .write2: try lines.handle(exchange, answer)
    case .query1: try queries.handle(exchange, answer)
    case .ping: answer.send(probes.ping(QueryParameters(exchange.queryItems())))
    case .health: answer.send(probes.health())
    case .live: answer.send(probes.live())
    case .ready: answer.send(probes.ready(QueryParameters(exchange.queryItems())))
    case .metrics: answer.send(probes.metrics())
    }
  }

  /// `settings` of a server with the answers that it gives in this service's place, each in the shape of its path's protocol.
  package func apply(to server: inout HTTPServerSettings) {
    let (limit, metrics) = (settings.bodyLimit, metrics)
    server.bodyLimit = limit
    server.tooLargeResponse = { Self.refuse($0, .bodyTooLarge(limit: limit), metrics) }
    server.overloadedResponse = { Self.refuse($0, .overloaded(), metrics) }
    server.stoppingResponse = { Self.refuse($0, .stopping(), metrics) }
  }

  private static func refuse(_ path: String, _ fault: RequestFault, _ metrics: CommandMetrics) -> HTTPResponse {
    metrics.request(Route(path: path), status: fault.status, bytes: 0, nanoseconds: 0)
    return Route.dialect(of: path).response(fault)
  }
}

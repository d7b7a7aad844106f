package import HTTPServer
import LineProtocol
package import Runtime

/// The command API: from an HTTP request to a command, and from its outcome to the answer. Stateless but for caches; made
/// once, used by all threads of a server.
///
/// `handle` parses on the calling thread, which is the server's, and never waits for the database: the answer of a
/// command comes from the appender's thread.
package final class CommandService: Sendable {
  private let samples: SamplesEndpoint
  private let lines: LineEndpoint
  private let descriptions: DescribeEndpoint
  private let queries = InfluxQueryEndpoint()
  private let probes: ProbeEndpoints
  private let settings: CommandSettings
  /// What the service asks of its requests where there are tokens.
  package let access = CommandAccess()

  package init(
    appender: any CommandAppending, settings: CommandSettings, logger: Logger, registry: MetricsRegistry
  ) {
    self.settings = settings
    let submission = CommandSubmission(appender: appender, metrics: CommandMetrics(registry), logger: logger)
    let cache = HeadCache(byteLimit: settings.headCacheLimit)
    samples = SamplesEndpoint(submission, settings: settings)
    lines = LineEndpoint(submission, settings: settings, cache: cache)
    descriptions = DescribeEndpoint(submission, settings: settings)
    probes = ProbeEndpoints(appender: appender, identity: settings.identity, registry: registry)
    Self.register(cache, limit: settings.headCacheLimit, registry)
  }

  private static func register(_ cache: HeadCache, limit: Int, _ registry: MetricsRegistry) {
    registry.gauge("daybook_head_cache_heads", "Heads of line protocol (name and tags) in memory.") {
      Double(cache.status.heads)
    }
    registry.gauge("daybook_head_cache_bytes", "Memory of the cache of heads.") { Double(cache.status.byteCount) }
    registry.gauge("daybook_head_cache_limit_bytes", "Memory at which the cache of heads is emptied.") { Double(limit) }
    registry.counter("daybook_head_cache_emptied_total", "How often the cache of heads was full and emptied.") {
      Double(cache.status.timesEmptied)
    }
  }

  /// The server's handler.
  package func handle(_ exchange: HTTPExchange) {
    let route = Route(path: exchange.path)
    let answer = RequestAnswer(exchange, route: route)
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
    let limit = settings.bodyLimit
    server.bodyLimit = limit
    server.tooLargeResponse = { Route.dialect(of: $0).response(.bodyTooLarge(limit: limit)) }
    server.overloadedResponse = { Route.dialect(of: $0).response(.overloaded()) }
    server.stoppingResponse = { Route.dialect(of: $0).response(.stopping()) }
    server.routeName = { Route(path: $0)?.rawValue }
  }
}

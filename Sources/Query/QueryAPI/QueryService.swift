package import HTTPServer
package import Postgres
package import Probes
package import Queries
package import Runtime

/// The query API: takes requests from an HTTP server, has them answered by the workers of `QueryEngine`, and answers.
package final class QueryService: Sendable {
  let engine: QueryEngine
  private let parser: RequestParser
  private let metrics: QueryMetrics
  /// What the service asks of its requests where there are tokens.
  package let access = QueryAccess()
  let registry: MetricsRegistry
  let status: StatusQuery
  let identity: ProcessIdentity

  /// Starts the workers. Needs neither store to be there: until the read store is, queries get 503.
  /// - Parameters:
  ///   - readStore: as `daybook_query`.
  ///   - eventStore: as `daybook_feed`, for the lag in `/v1/status`; nil: not known.
  ///   - identity: told by `/readyz?verbose`.
  package init(
    readStore: PostgresAddress, eventStore: PostgresAddress?, limits: QueryLimits = QueryLimits(), logger: Logger,
    metrics registry: MetricsRegistry, identity: ProcessIdentity
  ) {
    self.identity = identity
    engine = QueryEngine(readStore, limits: limits, logger: logger)
    parser = RequestParser(limits: limits)
    metrics = QueryMetrics(registry)
    self.registry = registry
    status = StatusQuery(readStore: readStore, eventStore: eventStore)
    metrics.watch(engine, registry)
  }

  /// Where to listen, with the limits of a server that reads no bodies and this API's shape of errors.
  package static func serverSettings(host: String, port: UInt16) -> HTTPServerSettings {
    var settings = HTTPServerSettings(host: host, port: port)
    settings.bodyLimit = 64 << 10
    settings.bytesInFlightLimit = 16 << 20
    settings.routeName = { QueryRoute(rawValue: $0)?.rawValue }
    settings.tooLargeResponse = { _ in
      QueryAnswer(
        Problem(
          status: 413, code: QueryErrorCode.bodyTooLarge.rawValue,
          detail: "a query has no body: the limit is 64 KiB; samples go to the command service")
      ).response
    }
    settings.overloadedResponse = { _ in
      QueryAnswer(Problem(.overloaded("too many requests with bodies are under way: try again"))).response
    }
    settings.stoppingResponse = { _ in
      QueryAnswer(Problem(.unavailable(.unavailable, "the query service is stopping"))).response
    }
    return settings
  }

  /// The server's handler: never blocks.
  package func handle(_ exchange: HTTPExchange) {
    let route = QueryRoute(rawValue: exchange.path)
    var reply = QueryReply(exchange, route: route, metrics: metrics)
    guard let route else {
      let detail = "there is nothing at \(exchange.path.prefix(200)): the paths are \(QueryRoute.known)"
      return reply.send(
        QueryAnswer(Problem(status: 404, code: QueryErrorCode.notFound.rawValue, detail: detail)))
    }
    guard QueryRoute.methods.contains(exchange.method) else { return reply.send(Self.methodNotAllowed(exchange)) }
    guard let format = Self.format(route, exchange) else { return reply.send(Self.notAcceptable(route)) }
    do throws(QueryError) {
      guard HTTPQuery.isUTF8(exchange.query) else {
        throw .invalid(
          .invalidParameter, "the parameters are not UTF-8: encode texts as UTF-8, then with percent signs")
      }
      try answer(route, format, exchange.queryItems(), &reply)
    } catch {
      reply.send(error)
    }
  }

  /// Nil when the client takes nothing that the route can answer with.
  private static func format(_ route: QueryRoute, _ exchange: HTTPExchange) -> AnswerFormat? {
    route.formats.isEmpty ? .json : AnswerFormat.preferred(exchange.header("Accept"), of: route.formats)
  }

  /// Refuses what waits and ends the workers; blocks until they are done. Every exchange has its answer then.
  package func stop() {
    engine.stop()
  }

  private func answer(
    _ route: QueryRoute, _ format: AnswerFormat, _ items: [(name: String, value: String)], _ reply: inout QueryReply
  ) throws(QueryError) {
    switch route {
    case .live: reply.send(QueryAnswer(text: "ok\n"))
    case .exposition: reply.send(exposition())
    case .ready: answerReadiness(isVerbose: items.contains { $0.name == "verbose" }, reply)
    case .status:
      try parser.nothing(items)
      answerStatus(reply)
    case .timeline:
      var request = try parser.timeline(items)
      request.question.wantsLabelKeys = format == .csv
      submit(request, request.question.selector, format, &reply) { (question, snapshot) throws(ReadFailure) in
        try TimelineQuery(question).answer(snapshot)
      }
    case .samples:
      var request = try parser.samples(items)
      request.question.wantsLabelKeys = format == .csv
      submit(request, request.question.selector, format, &reply) { (question, snapshot) throws(ReadFailure) in
        try SamplesQuery(question).answer(snapshot)
      }
    case .series:
      var request = try parser.series(items)
      request.question.wantsLabelKeys = format == .csv
      submit(request, request.question.selector, format, &reply) { (question, snapshot) throws(ReadFailure) in
        try SeriesQuery(question).answer(snapshot)
      }
    case .latest:
      var request = try parser.latest(items)
      request.question.wantsLabelKeys = format == .csv
      submit(request, request.question.selector, format, &reply) { (question, snapshot) throws(ReadFailure) in
        try LatestQuery(question).answer(snapshot)
      }
    case .metrics:
      submit(try parser.metrics(items), nil, format, &reply) { (question, snapshot) throws(ReadFailure) in
        try question.answer(snapshot)
      }
    }
  }
}

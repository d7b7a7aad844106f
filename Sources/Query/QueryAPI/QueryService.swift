package import HTTPServer
package import Postgres
package import Queries
package import Runtime

/// The query API: takes requests from an HTTP server, has them answered by the workers of `QueryEngine`, and answers.
package final class QueryService: Sendable {
  let engine: QueryEngine
  private let parser: RequestParser
  private let metrics: QueryMetrics
  let registry: MetricsRegistry
  let status: StatusQuery

  /// Starts the workers. Needs neither store to be there: until the read store is, queries get 503.
  /// - Parameters:
  ///   - readStore: as `daybook_query`.
  ///   - eventStore: as `daybook_feed`, for the lag in `/v1/status`; nil: not known.
  package init(
    readStore: PostgresAddress, eventStore: PostgresAddress?, limits: QueryLimits = QueryLimits(), logger: Logger,
    metrics registry: MetricsRegistry
  ) {
    engine = QueryEngine(readStore, limits: limits, logger: logger)
    parser = RequestParser(limits: limits)
    metrics = QueryMetrics(registry)
    self.registry = registry
    status = StatusQuery(eventStore: eventStore)
    metrics.watch(engine, registry)
  }

  /// Where to listen, with the limits of a server that reads no bodies and this API's shape of errors.
  package static func serverSettings(host: String, port: UInt16) -> HTTPServerSettings {
    var settings = HTTPServerSettings(host: host, port: port)
    settings.bodyLimit = 64 << 10
    settings.bytesInFlightLimit = 16 << 20
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
    do throws(QueryError) {
      try answer(route, exchange.queryItems(), &reply)
    } catch {
      reply.send(error)
    }
  }

  /// Refuses what waits and ends the workers; blocks until they are done. Every exchange has its answer then.
  package func stop() {
    engine.stop()
  }

  private func answer(
    _ route: QueryRoute, _ items: [(name: String, value: String)], _ reply: inout QueryReply
  ) throws(QueryError) {
    let limit = engine.limits.answerBytesLimit
    switch route {
    case .live: reply.send(QueryAnswer(text: "ok\n"))
    case .exposition: reply.send(exposition())
    case .ready: answerReadiness(isVerbose: items.contains { $0.name == "verbose" }, reply)
    case .status:
      try parser.nothing(items)
      answerStatus(reply)
    case .timeline:
      submit(try parser.timeline(items), &reply) { (request, snapshot) throws(ReadFailure) in
        let answer = try TimelineQuery(request).answer(snapshot)
        return try Self.encoded(answer.position) { () throws(QueryError) in
          try TimelineJSON.encode(answer, limit: limit)
        }
      }
    case .samples:
      submit(try parser.samples(items), &reply) { (request, snapshot) throws(ReadFailure) in
        let answer = try SamplesQuery(request).answer(snapshot)
        return try Self.encoded(answer.position) { () throws(QueryError) in
          try SeriesJSON.encode(answer, limit: limit)
        }
      }
    case .series:
      submit(try parser.selection(items), &reply) { (selector, snapshot) throws(ReadFailure) in
        let answer = try SeriesQuery(selector).answer(snapshot)
        return try Self.encoded(answer.position) { () throws(QueryError) in
          try SeriesJSON.encode(answer, limit: limit)
        }
      }
    case .latest:
      submit(try parser.selection(items), &reply) { (selector, snapshot) throws(ReadFailure) in
        let answer = try LatestQuery(selector).answer(snapshot)
        return try Self.encoded(answer.position) { () throws(QueryError) in
          try SeriesJSON.encode(answer, limit: limit)
        }
      }
    case .metrics:
      submit(try parser.metrics(items), &reply) { (query, snapshot) throws(ReadFailure) in
        let answer = try query.answer(snapshot)
        return try Self.encoded(answer.position) { () throws(QueryError) in
          try MetricsJSON.encode(answer, limit: limit)
        }
      }
    }
  }
}

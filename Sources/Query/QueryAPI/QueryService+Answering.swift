import Events
import HTTPServer
import Probes
import Queries
import Runtime

extension QueryService {
  /// Hands a request to the workers; `read` runs on one of them, in a snapshot.
  /// - Parameter selector: the series that it will ask for first.
  func submit<Question, Answer: WritableAnswer>(
    _ request: QueryRequest<Question>, _ selector: SeriesSelector?, _ format: AnswerFormat, _ reply: inout QueryReply,
    read: @escaping @Sendable (Question, ReadSnapshot) throws(ReadFailure) -> Answer
  ) {
    reply.hasAfter = request.after != nil
    let question = request.question
    let style = AnswerStyle(format: format, precision: request.precision, limit: engine.limits.answerBytesLimit)
    engine.submit(after: request.after, selector: selector) { [reply] (snapshot) throws(ReadFailure) in
      let start = MonotonicClock.now
      let answer = try read(question, snapshot)
      let encoded = try ReadFailure.ofQuery { () throws(QueryError) in try QueryAnswer(answer, style) }
      reply.executed(since: start)
      return encoded
    } completion: { [reply] in
      reply.send($0)
    }
  }

  func answerStatus(_ reply: QueryReply) {
    engine.submitBuilds { [status] result in
      reply.send(
        result.map { builds in
          let position = try? ReadProgress(builds).token.description
          return QueryAnswer(
            body: StatusJSON.encode(
              status.report(builds), position: position, sizes: status.sizes(), now: WallClock.now),
            position: position)
        })
    }
  }

  /// Ready means that a query would be answered: the read store is there and has its read models. `?verbose` looks at the
  /// event store, too, which the answers do not need.
  func answerReadiness(isVerbose: Bool, _ reply: QueryReply) {
    engine.submitBuilds { [identity, status, engine] result in
      var checks = QueryHealth.readModels(result)
      checks.append(QueryHealth.queue(engine.load.queued, of: engine.limits.queueLimit))
      if isVerbose, case .success(let builds) = result {
        checks += QueryHealth.lag(status.report(builds), now: WallClock.now)
      }
      reply.send(QueryAnswer(HealthReport(identity, checks).response(isVerbose: isVerbose)))
    }
  }

  func exposition() -> QueryAnswer { QueryAnswer(MetricsAnswer.response(registry)) }

  static func methodNotAllowed(_ exchange: HTTPExchange) -> QueryAnswer {
    let allowed = QueryRoute.methods.joined(separator: ", ")
    var answer = QueryAnswer(
      Problem(
        status: 405, code: QueryErrorCode.methodNotAllowed.rawValue,
        detail: "\(exchange.path) takes \(allowed), not \(exchange.method.prefix(32))"))
    answer.headers.append(("Allow", allowed))
    return answer
  }

  static func notAcceptable(_ route: QueryRoute) -> QueryAnswer {
    let offered = route.formats.map(\.mediaType).joined(separator: " and ")
    var answer = QueryAnswer(
      Problem(
        status: 406, code: QueryErrorCode.notAcceptable.rawValue,
        detail: "\(route.rawValue) answers with \(offered), and Accept takes none of it: leave it out or add one"))
    answer.headers.append(("Vary", "Accept"))
    return answer
  }
}

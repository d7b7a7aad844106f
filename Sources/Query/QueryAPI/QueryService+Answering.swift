import Events
import HTTPServer
import Queries
import Runtime

extension QueryService {
  /// Hands a request to the workers; `read` runs on one of them, in a snapshot.
  func submit<Question, Answer: WritableAnswer>(
    _ request: QueryRequest<Question>, _ format: AnswerFormat, _ reply: inout QueryReply,
    read: @escaping @Sendable (Question, ReadSnapshot) throws(ReadFailure) -> Answer
  ) {
    reply.hasAfter = request.after != nil
    let question = request.question
    let style = AnswerStyle(format: format, precision: request.precision, limit: engine.limits.answerBytesLimit)
    engine.submit(after: request.after) { (snapshot) throws(ReadFailure) in
      let answer = try read(question, snapshot)
      return try ReadFailure.ofQuery { () throws(QueryError) in try QueryAnswer(answer, style) }
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
            body: StatusJSON.encode(status.report(builds), position: position, now: WallClock.now), position: position)
        })
    }
  }

  /// Ready means that a query would be answered: the read store is there and has its read models.
  func answerReadiness(isVerbose: Bool, _ reply: QueryReply) {
    engine.submitBuilds { result in
      reply.send(Self.readiness(result, isVerbose: isVerbose))
    }
  }

  private static func readiness(_ builds: Result<[Build], QueryError>, isVerbose: Bool) -> QueryAnswer {
    var checks: [(name: String, problem: String?)] = []
    do throws(QueryError) {
      let builds = try builds.get()
      checks.append(("read store", nil))
      do throws(QueryError) {
        _ = try ReadProgress(builds)
        checks.append(("read models", nil))
      } catch {
        checks.append(("read models", Problem(error).detail))
      }
    } catch {
      checks.append(("read store", Problem(error).detail))
    }
    let failed = checks.first { $0.problem != nil }
    guard isVerbose else {
      return QueryAnswer(text: failed?.problem.map { "\($0)\n" } ?? "ok\n", status: failed == nil ? 200 : 503)
    }
    let lines = checks.map { name, problem in problem.map { "[-]\(name): \($0)\n" } ?? "[+]\(name) ok\n" }
    return QueryAnswer(text: lines.joined(), status: failed == nil ? 200 : 503)
  }

  func exposition() -> QueryAnswer {
    var answer = QueryAnswer(text: registry.exposition())
    answer.contentType = "text/plain; version=0.0.4; charset=utf-8"
    return answer
  }

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

import Events
import HTTPServer
import Queries
import Runtime

extension QueryService {
  /// Hands a request to the workers; `read` runs on one of them, in a snapshot.
  func submit<Question>(
    _ request: QueryRequest<Question>, _ reply: inout QueryReply,
    read: @escaping @Sendable (Question, ReadSnapshot) throws(ReadFailure) -> QueryAnswer
  ) {
    reply.hasAfter = request.after != nil
    let question = request.question
    engine.submit(after: request.after) { (snapshot) throws(ReadFailure) in
      try read(question, snapshot)
    } completion: { [reply] in
      reply.send($0)
    }
  }

  static func encoded(
    _ position: PositionToken, _ encode: () throws(QueryError) -> [UInt8]
  ) throws(ReadFailure) -> QueryAnswer {
    QueryAnswer(body: try ReadFailure.ofQuery(encode), position: position.description)
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
}

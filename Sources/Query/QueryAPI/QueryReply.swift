import HTTPServer
import Queries
import Runtime

/// The duty to answer one request, once, from any thread; measures it.
struct QueryReply: Sendable {
  private let exchange: HTTPExchange
  private let metrics: QueryMetrics
  private let arrivedAt = MonotonicClock.now
  private let route: QueryRoute?
  var hasAfter = false

  init(_ exchange: HTTPExchange, route: QueryRoute?, metrics: QueryMetrics) {
    self.exchange = exchange
    self.route = route
    self.metrics = metrics
  }

  func send(_ answer: QueryAnswer) {
    // Counted first: who has the answer may read the metrics at once.
    if hasAfter { metrics.waited(since: arrivedAt) }
    var answer = answer
    if let cursor = answer.next {
      answer.headers += NextLink.headers(exchange.path, exchange.queryItems(), cursor: cursor)
    }
    exchange.respond(answer.response)
  }

  func send(_ error: QueryError) {
    let problem = Problem(error)
    metrics.refused(problem.code)
    send(QueryAnswer(problem))
  }

  /// The answer is being made, on a worker's thread.
  func executed(since start: UInt64) {
    if let route { metrics.executed(route, since: start) }
  }

  func send(_ result: Result<QueryAnswer, QueryError>) {
    switch result {
    case .success(let answer): send(answer)
    case .failure(let error): send(error)
    }
  }
}

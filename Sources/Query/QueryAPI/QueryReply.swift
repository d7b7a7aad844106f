import HTTPServer
import Queries
import Runtime

/// The duty to answer one request, once, from any thread; counts it.
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
    metrics.count(route, status: answer.status, since: arrivedAt, hasAfter: hasAfter)
    var answer = answer
    if let cursor = answer.next {
      answer.headers += NextLink.headers(exchange.path, exchange.queryItems(), cursor: cursor)
    }
    exchange.respond(answer.response)
  }

  func send(_ error: QueryError) {
    send(QueryAnswer(Problem(error)))
  }

  func send(_ result: Result<QueryAnswer, QueryError>) {
    switch result {
    case .success(let answer): send(answer)
    case .failure(let error): send(error)
    }
  }
}

import HTTPServer
import Runtime

/// A request on its way to its answer: sends it and measures. Any thread; exactly one of the sending calls.
struct RequestAnswer: Sendable {
  let route: Route?
  let dialect: Dialect
  private let exchange: HTTPExchange
  private let metrics: CommandMetrics
  private let startedAt = MonotonicClock.now
  private let bodyBytes: Int

  init(_ exchange: HTTPExchange, route: Route?, metrics: CommandMetrics) {
    self.exchange = exchange
    self.route = route
    self.metrics = metrics
    dialect = Route.dialect(of: exchange.path)
    bodyBytes = exchange.body.count
  }

  func send(_ response: HTTPResponse) {
    // Counted first: who has the answer may read the metrics at once.
    metrics.request(
      route, status: response.status, bytes: bodyBytes, nanoseconds: MonotonicClock.now - startedAt)
    exchange.respond(response)
  }

  func send(_ fault: RequestFault) { send(dialect.response(fault)) }
}

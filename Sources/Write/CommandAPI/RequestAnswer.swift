import HTTPServer
import Runtime

/// A request on its way to its answer: sends it. Any thread; exactly one of the sending calls.
struct RequestAnswer: Sendable {
  let route: Route?
  let dialect: Dialect
  private let exchange: HTTPExchange

  init(_ exchange: HTTPExchange, route: Route?) {
    self.exchange = exchange
    self.route = route
    dialect = Route.dialect(of: exchange.path)
  }

  /// See `HTTPExchange.queue`.
  var queue: (any WorkQueue)? { exchange.queue }

  func send(_ response: HTTPResponse) {
    exchange.respond(response)
  }

  func send(_ fault: RequestFault) { send(dialect.response(fault)) }
}

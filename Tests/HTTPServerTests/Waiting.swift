import HTTPServer
import Runtime

/// Exchanges that a handler left to be answered from elsewhere.
final class Waiting: Sendable {
  private let state = Monitor((list: [HTTPExchange](), isOver: false))

  func add(_ exchange: HTTPExchange) {
    state.withLock { $0.list.append(exchange) }
    state.signal()
  }

  var count: Int { state.withLock { $0.list.count } }

  /// Waits for one, at most 20 s. Nil after that, or when there are none left after `finish`.
  func take() -> HTTPExchange? {
    state.wait(until: MonotonicClock.deadline(after: .seconds(20))) { state -> HTTPExchange?? in
      if state.list.isEmpty { return state.isOver ? .some(nil) : nil }
      return .some(state.list.removeFirst())
    } ?? nil
  }

  /// Nothing more will come: lets those who take go.
  func finish() {
    state.withLock { $0.isOver = true }
    state.broadcast()
  }
}

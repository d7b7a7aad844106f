package import Runtime

/// What a server has done so far.
package final class HTTPCounters: Sendable {
  package let connections: Counter
  /// Answers for bodies over the limit.
  package let tooLarge: Counter
  /// Answers for want of room in flight.
  package let overloaded: Counter
  /// Requests that `HTTPServerSettings.admit` refused.
  package let notAdmitted: Counter
  /// Connections cut because a request or an answer took too long.
  package let late: Counter
  private let answers: [Int: Counter]
  private let otherAnswers: Counter

  /// The codes that have a line of their own in the metrics.
  private static let codes = [
    200, 201, 202, 204, 206, 304, 400, 401, 403, 404, 405, 406, 408, 409, 413, 415, 421, 422, 429, 500, 501, 503, 504,
  ]

  init(_ metrics: MetricsRegistry) {
    connections = metrics.counter("daybook_http_connections_total", "Connections accepted.")
    late = metrics.counter("daybook_http_late_total", "Connections cut because a request or an answer took too long.")
    let refused = "daybook_http_refused_total"
    let help = "Requests refused before they were handled."
    tooLarge = metrics.counter(refused, help, ["reason": "too_large"])
    overloaded = metrics.counter(refused, help, ["reason": "overloaded"])
    notAdmitted = metrics.counter(refused, help, ["reason": "not_admitted"])
    func answer(_ status: String) -> Counter {
      metrics.counter("daybook_http_requests_total", "Requests answered, by status.", ["status": status])
    }
    answers = Dictionary(uniqueKeysWithValues: Self.codes.map { ($0, answer(String($0))) })
    otherAnswers = answer("other")
  }

  /// Requests answered with `status`.
  package func requests(status: Int) -> UInt64 { counter(status).value }

  func countAnswer(_ status: Int) { counter(status).add() }

  private func counter(_ status: Int) -> Counter { answers[status] ?? otherAnswers }
}

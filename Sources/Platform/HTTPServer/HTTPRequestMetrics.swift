import Runtime

/// Requests by route and status, their times and sizes. Any thread.
final class HTTPRequestMetrics: Sendable {
  private struct Answer: Hashable {
    let route: String
    let status: Int
  }

  /// What paths without a route are counted as: their texts are the clients' and would have no end.
  private static let other = "other"

  private let routeName: @Sendable (String) -> String?
  private let answers: LabelledInstruments<Answer, Counter>
  private let seconds: LabelledInstruments<String, Histogram>
  private let received: LabelledInstruments<String, Counter>
  private let sent: LabelledInstruments<String, Counter>

  init(_ metrics: MetricsRegistry, routeName: @escaping @Sendable (String) -> String?) {
    self.routeName = routeName
    let answersName = "daybook_http_requests_total"
    let answersHelp = "Requests answered, by route and status."
    let secondsName = "daybook_http_request_duration_seconds"
    let secondsHelp = "From the whole request to its answer, of the requests that were handled."
    let receivedName = "daybook_http_request_body_bytes_total"
    let receivedHelp = "Bytes of the bodies of handled requests, as sent."
    let sentName = "daybook_http_response_body_bytes_total"
    let sentHelp = "Bytes of the bodies of answers."
    metrics.declare(.counter, answersName, answersHelp)
    metrics.declare(.histogram, secondsName, secondsHelp)
    metrics.declare(.counter, receivedName, receivedHelp)
    metrics.declare(.counter, sentName, sentHelp)
    answers = LabelledInstruments {
      metrics.counter(answersName, answersHelp, ["route": $0.route, "status": "\($0.status)"])
    }
    seconds = LabelledInstruments { metrics.histogram(secondsName, secondsHelp, ["route": $0]) }
    received = LabelledInstruments { metrics.counter(receivedName, receivedHelp, ["route": $0]) }
    sent = LabelledInstruments { metrics.counter(sentName, sentHelp, ["route": $0]) }
  }

  /// Requests answered with `status`, of whatever route.
  func requests(status: Int) -> UInt64 {
    answers.all.reduce(0) { $0 + ($1.key.status == status ? $1.value.value : 0) }
  }

  /// A request that its handler has answered.
  /// - Parameter start: when it was given to the handler, by `MonotonicClock`.
  func answered(path: String, status: Int, since start: UInt64, received bytes: Int, sent bodyBytes: Int) {
    let route = routeName(path) ?? Self.other
    answers[Answer(route: route, status: status)].add()
    seconds[route].observe(since: start)
    received[route].add(bytes)
    sent[route].add(bodyBytes)
  }

  /// A request that was answered without being handled.
  func refused(path: String, status: Int, sent bodyBytes: Int) {
    let route = routeName(path) ?? Self.other
    answers[Answer(route: route, status: status)].add()
    sent[route].add(bodyBytes)
  }
}

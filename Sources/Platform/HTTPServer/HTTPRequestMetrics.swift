import Runtime

/// Requests by route and status, their times and sizes. Any thread.
final class HTTPRequestMetrics: Sendable {
  /// All of one route, found by one look: five families looked up one by one cost a request more than its counting.
  private struct RouteInstruments: Sendable {
    let answers: LabelledInstruments<Int, Counter>
    let seconds: Histogram
    let received: Counter
    let sent: Counter
  }

  /// What paths without a route are counted as: their texts are the clients' and would have no end.
  private static let other = "other"

  private let routeName: @Sendable (String) -> String?
  private let routes: LabelledInstruments<String, RouteInstruments>

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
    routes = LabelledInstruments { route in
      RouteInstruments(
        answers: LabelledInstruments {
          metrics.counter(answersName, answersHelp, ["route": route, "status": "\($0)"])
        },
        seconds: metrics.histogram(secondsName, secondsHelp, ["route": route]),
        received: metrics.counter(receivedName, receivedHelp, ["route": route]),
        sent: metrics.counter(sentName, sentHelp, ["route": route]))
    }
  }

  /// Requests answered with `status`, of whatever route.
  func requests(status: Int) -> UInt64 {
    routes.all.values.reduce(0) { $0 + ($1.answers.all[status]?.value ?? 0) }
  }

  /// A request that its handler has answered.
  /// - Parameter start: when it was given to the handler, by `MonotonicClock`.
  func answered(path: String, status: Int, since start: UInt64, received bytes: Int, sent bodyBytes: Int) {
    let route = routes[routeName(path) ?? Self.other]
    route.answers[status].add()
    route.seconds.observe(since: start)
    route.received.add(bytes)
    route.sent.add(bodyBytes)
  }

  /// A request that was answered without being handled.
  func refused(path: String, status: Int, sent bodyBytes: Int) {
    let route = routes[routeName(path) ?? Self.other]
    route.answers[status].add()
    route.sent.add(bodyBytes)
  }
}

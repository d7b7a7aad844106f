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
  let requests: HTTPRequestMetrics

  init(_ metrics: MetricsRegistry, routeName: @escaping @Sendable (_ path: String) -> String?) {
    connections = metrics.counter("daybook_http_connections_total", "Connections accepted.")
    late = metrics.counter(
      "daybook_http_late_connections_total", "Connections cut because a request or an answer took too long.")
    let refused = "daybook_http_refused_total"
    let help = "Requests refused before they were handled, by reason."
    tooLarge = metrics.counter(refused, help, ["reason": "too_large"])
    overloaded = metrics.counter(refused, help, ["reason": "overloaded"])
    notAdmitted = metrics.counter(refused, help, ["reason": "not_admitted"])
    requests = HTTPRequestMetrics(metrics, routeName: routeName)
  }

  /// Requests answered with `status`.
  package func requests(status: Int) -> UInt64 { requests.requests(status: status) }
}

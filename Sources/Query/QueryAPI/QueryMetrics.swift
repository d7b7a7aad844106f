import Queries
import Runtime

/// What the query service measures.
struct QueryMetrics: Sendable {
  private let requests: [QueryRoute: [Int: Counter]]
  private let otherRequests: Counter
  private let seconds: [QueryRoute: Histogram]
  private let waits: Histogram

  /// The statuses that have a line of their own.
  private static let statuses = [200, 400, 401, 403, 405, 406, 421, 500, 503, 504]

  init(_ registry: MetricsRegistry) {
    var requests: [QueryRoute: [Int: Counter]] = [:]
    var seconds: [QueryRoute: Histogram] = [:]
    for route in QueryRoute.allCases {
      for status in Self.statuses {
        requests[route, default: [:]][status] = registry.counter(
          "daybook_query_requests_total", "Queries answered, by path and status.",
          ["path": route.rawValue, "status": "\(status)"])
      }
      seconds[route] = registry.histogram(
        "daybook_query_seconds", "From a query's arrival to its answer, waiting for a position included.",
        ["path": route.rawValue])
    }
    self.requests = requests
    self.seconds = seconds
    otherRequests = registry.counter(
      "daybook_query_requests_total", "Queries answered, by path and status.", ["path": "other", "status": "404"])
    waits = registry.histogram(
      "daybook_query_wait_seconds", "The same, of the requests that gave after=, which may wait for a position.")
  }

  /// What the engine holds at this moment.
  func watch(_ engine: QueryEngine, _ registry: MetricsRegistry) {
    registry.gauge("daybook_query_queued", "Queries in line for a worker.") { Double(engine.load.queued) }
    registry.gauge("daybook_query_waiting", "Queries that wait for a position.") { Double(engine.load.waiting) }
    registry.gauge("daybook_query_queue_limit", "Queries that may stand in line.") { Double(engine.limits.queueLimit) }
    registry.gauge("daybook_query_waiting_limit", "Queries that may wait.") { Double(engine.limits.waitingLimit) }
  }

  /// Counts an answer. `route` nil: of no known path.
  func count(_ route: QueryRoute?, status: Int, since: UInt64, hasAfter: Bool) {
    guard let route else { return otherRequests.add() }
    (requests[route]?[status] ?? otherRequests).add()
    let duration = Double(MonotonicClock.now &- since) / 1e9
    seconds[route]?.observe(duration)
    if hasAfter { waits.observe(duration) }
  }
}

import Queries
import Runtime

/// What the query service measures beside its HTTP server.
struct QueryMetrics: Sendable {
  /// By the route's last word.
  private let execution: LabelledInstruments<String, Histogram>
  private let refused: LabelledInstruments<String, Counter>
  private let waits: Histogram

  init(_ registry: MetricsRegistry) {
    let executionName = "daybook_query_execution_duration_seconds"
    let executionHelp =
      "Reading and encoding an answer, by kind of query, without its waits for a worker or a position."
    let refusedName = "daybook_query_refused_total"
    let refusedHelp = "Queries answered with an error, by its code."
    registry.declare(.histogram, executionName, executionHelp)
    registry.declare(.counter, refusedName, refusedHelp)
    execution = LabelledInstruments { registry.histogram(executionName, executionHelp, ["query": $0]) }
    refused = LabelledInstruments { registry.counter(refusedName, refusedHelp, ["code": $0]) }
    waits = registry.histogram(
      "daybook_query_after_duration_seconds",
      "From arrival to answer, of the queries that gave after=, which may wait for a position.")
  }

  /// What the engine holds at the moment of a scrape.
  func watch(_ engine: QueryEngine, _ registry: MetricsRegistry) {
    registry.gauge("daybook_query_queued", "Queries in line for a worker.") { Double(engine.load.queued) }
    registry.gauge("daybook_query_queued_limit", "Queries that may stand in line; more are answered with 503.") {
      Double(engine.limits.queueLimit)
    }
    registry.gauge("daybook_query_waiting", "Queries that wait for a position.") { Double(engine.load.waiting) }
    registry.gauge("daybook_query_waiting_limit", "Queries that may wait for one; more are answered with 503.") {
      Double(engine.limits.waitingLimit)
    }
    registry.gauge("daybook_query_pool_connections", "Connections to the read store that are open.") {
      Double(engine.connections.open)
    }
    registry.gauge("daybook_query_pool_lent_connections", "Of these, in use by a query.") {
      Double(engine.connections.lent)
    }
    registry.gauge("daybook_query_pool_connections_limit", "Connections to the read store that may be open.") {
      Double(engine.limits.workers)
    }
    registry.gauge("daybook_query_kept_catalogue_bytes", "Memory that series and labels take that are kept.") {
      Double(engine.kept.catalogueBytes)
    }
    registry.gauge("daybook_query_kept_tail_samples", "Unfolded samples that are kept, 17 bytes each.") {
      Double(engine.kept.tailSamples)
    }
    registry.gauge("daybook_query_kept_row_bytes", "Memory that rows take that are kept.") {
      Double(engine.kept.rowBytes)
    }
  }

  func executed(_ route: QueryRoute, since start: UInt64) {
    execution[route.queryName].observe(since: start)
  }

  /// `code` is of `QueryErrorCode`.
  func refused(_ code: String) {
    refused[code].add()
  }

  /// A query with after= was answered.
  func waited(since arrival: UInt64) {
    waits.observe(since: arrival)
  }
}

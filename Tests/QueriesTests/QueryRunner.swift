import Events
import Postgres
import Queries
import QueryTestSupport
import Runtime

/// Runs queries through a `QueryEngine` and waits for their answers.
final class QueryRunner: Sendable {
  let engine: QueryEngine

  init(_ address: PostgresAddress, _ change: (inout QueryLimits) -> Void = { _ in }) {
    var limits = QueryLimits()
    change(&limits)
    engine = QueryEngine(address, limits: limits, logger: TestStore.logger)
  }

  deinit { engine.stop() }

  /// - Parameter token: what the answer must have read; it is waited for.
  func run<Answer: Sendable>(
    after token: PositionToken? = nil, wait: Duration = .seconds(20), selector: SeriesSelector? = nil,
    _ read: @escaping @Sendable (ReadSnapshot) throws(ReadFailure) -> Answer
  ) throws(QueryError) -> Answer {
    let box = Monitor<Result<Answer, QueryError>?>(nil)
    let after = token.map { AfterCondition(token: $0, wait: wait) }
    engine.submit(after: after, selector: selector, read: read) { result in
      box.withLock { $0 = result }
      box.broadcast()
    }
    guard let result = box.wait(until: MonotonicClock.deadline(after: .seconds(60)), { $0 }) else {
      throw .broken("no answer within a minute")
    }
    return try result.get()
  }

  func timeline(_ request: TimelineRequest, after token: PositionToken? = nil) throws(QueryError) -> TimelineAnswer {
    try run(after: token, selector: request.selector) { (snapshot) throws(ReadFailure) in
      try TimelineQuery(request).answer(snapshot)
    }
  }

  func samples(_ request: SamplesRequest, after token: PositionToken? = nil) throws(QueryError) -> SamplesAnswer {
    try run(after: token, selector: request.selector) { (snapshot) throws(ReadFailure) in
      try SamplesQuery(request).answer(snapshot)
    }
  }

  func series(_ selector: SeriesSelector) throws(QueryError) -> SeriesAnswer {
    try run(selector: selector) { (snapshot) throws(ReadFailure) in
      try SeriesQuery(SeriesRequest(selector)).answer(snapshot)
    }
  }

  func latest(_ selector: SeriesSelector) throws(QueryError) -> LatestAnswer {
    try run(selector: selector) { (snapshot) throws(ReadFailure) in
      try LatestQuery(SeriesRequest(selector)).answer(snapshot)
    }
  }

  func metrics() throws(QueryError) -> MetricsAnswer {
    try run { (snapshot) throws(ReadFailure) in try MetricsQuery().answer(snapshot) }
  }
}

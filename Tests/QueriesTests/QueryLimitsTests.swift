import Events
import Postgres
import Queries
import QueryTestSupport
import Runtime
import Synchronization
import TestSupport
import Testing

/// What is refused, what is waited for, and what is survived.
@Suite struct QueryLimitsTests {
  private static let hosts = (0..<6).map { TestSeries("cpu", ["host": "\($0)"]) }
  private static let minute: Int64 = 60_000_000_000

  private func withStore(
    _ change: (inout QueryLimits) -> Void = { _ in }, _ body: (QueryRunner, TestStore) throws -> Void
  ) throws {
    let store = try TestStore()
    defer { store.stop() }
    store.startProjector(quietTime: .milliseconds(1))
    let runner = QueryRunner(store.readStore, change)
    let samples = Self.hosts.flatMap { host in (0..<5).map { TestSample(host, at: Int64($0) * Self.minute, 1) } }
    _ = try runner.run(after: try store.record(samples)) { _ in true }
    try body(runner, store)
  }

  private func refusal<Value>(_ body: () throws(QueryError) -> Value) -> QueryError? {
    do throws(QueryError) {
      _ = try body()
      return nil
    } catch {
      return error
    }
  }

  private func isLimit(_ error: QueryError?, _ code: QueryErrorCode, naming text: String) -> Bool {
    guard case .limit(let actual, let detail) = error else { return false }
    return actual == code && detail.contains(text)
  }

  @Test func tooManySeriesAreRefused() throws {
    try withStore({ $0.seriesLimit = 5 }) { runner, _ in
      let all = refusal { () throws(QueryError) in try runner.series(SeriesSelector(name: "cpu")) }
      #expect(isLimit(all, .tooManySeries, naming: "5"))
      let one = SeriesSelector(name: "cpu", labels: [SeriesLabel(key: "host", value: "3")])
      let found = try runner.series(one).series.count
      #expect(found == 1)
    }
  }

  @Test func tooManyPointsOfALineAreRefused() throws {
    try withStore { runner, _ in
      var request = TimelineRequest(selector: SeriesSelector(name: "cpu"), from: 0, to: 11_000 * Self.minute)
      #expect(try runner.timeline(request).lines.count == 6)
      request.to = 11_000 * Self.minute + 1
      let refused = refusal { () throws(QueryError) in try runner.timeline(request) }
      #expect(isLimit(refused, .tooManyPoints, naming: "11000"))
      #expect(isLimit(refused, .tooManyPoints, naming: "2m"))
      // An open end stays within the limit.
      request.from = nil
      let answer = try runner.timeline(request)
      #expect(answer.to - answer.from <= 11_000 * Self.minute)
    }
  }

  @Test func tooManyPointsInAllAreRefused() throws {
    try withStore({ $0.pointsPerAnswerLimit = 29 }) { runner, _ in
      var request = TimelineRequest(selector: SeriesSelector(name: "cpu"))
      let refused = refusal { () throws(QueryError) in try runner.timeline(request) }
      #expect(isLimit(refused, .tooManyPoints, naming: "29"))
      request.grouping = .byLabels([])
      let merged = try runner.timeline(request)
      #expect(merged.lines.first?.times.count == 5)
    }
  }

  @Test func aQueryThatTakesTooLongIsStopped() throws {
    try withStore({ $0.timeLimit = .milliseconds(300) }) { runner, _ in
      let refused = refusal { () throws(QueryError) in
        try runner.run { (snapshot) throws(ReadFailure) in
          while true { try snapshot.checkTime() }
        }
      }
      #expect(refused == .timeLimit(.milliseconds(300)))
    }
  }

  @Test func anUnknownMetricIsAnEmptyAnswer() throws {
    try withStore { runner, _ in
      let request = TimelineRequest(selector: SeriesSelector(name: "nothing"))
      let answer = try runner.timeline(request)
      #expect(answer.lines.isEmpty)
      #expect(answer.from == answer.to)
      #expect(try runner.samples(SamplesRequest(selector: request.selector)).series.isEmpty)
      #expect(try runner.latest(request.selector).series.isEmpty)
    }
  }

  // MARK: Positions

  @Test func anAnswerWaitsForItsPosition() throws {
    try withStore { runner, store in
      store.stopProjector()
      let token = try store.record([TestSample(Self.hosts[0], at: 7 * Self.minute, 42)])
      let refused = refusal { () throws(QueryError) in
        try runner.run(after: token, wait: .milliseconds(100)) { _ in true }
      }
      guard case .notReached(let detail, let reached) = refused else {
        Issue.record("expected a refusal, got \(String(describing: refused))")
        return
      }
      #expect(detail.contains("shard"))
      #expect(throws: Never.self) { try PositionToken(parsing: reached) }
      store.startProjector(quietTime: .milliseconds(1))
      let request = TimelineRequest(selector: SeriesSelector(name: "cpu"), aggregates: [.last])
      let answer = try runner.timeline(request, after: token)
      #expect(answer.lines.first?.times.last == 7 * Self.minute)
      #expect(answer.lines.first?.columns.first?.last == 42)
    }
  }

  @Test func waitingTakesNoWorkerAndHasALimit() throws {
    try withStore({
      $0.workers = 1
      $0.waitingLimit = 2
    }) { runner, store in
      store.stopProjector()
      let token = try store.record([TestSample(Self.hosts[0], at: 7 * Self.minute, 42)])
      let answers = Mutex<[Bool]>([])
      for _ in 0..<2 {
        runner.engine.submit(after: AfterCondition(token: token, wait: .seconds(30))) { _ in
          true
        } completion: { result in
          answers.withLock { $0.append((try? result.get()) ?? false) }
        }
      }
      try waitUntil("two to wait") { runner.engine.load.waiting == 2 }
      let third = refusal { () throws(QueryError) in try runner.run(after: token) { _ in true } }
      guard case .overloaded(let detail) = third else {
        Issue.record("expected overloaded, got \(String(describing: third))")
        return
      }
      #expect(detail.contains("2"))
      // The only worker is free.
      #expect(try runner.series(SeriesSelector(name: "cpu")).series.count == 6)
      store.startProjector(quietTime: .milliseconds(1))
      try waitUntil("both answers") { answers.withLock { $0 } == [true, true] }
    }
  }

  @Test func aFullLineIsRefused() throws {
    try withStore({
      $0.workers = 1
      $0.queueLimit = 1
    }) { runner, _ in
      let gate = Monitor(false)
      runner.engine.submit(after: nil) { _ in
        gate.wait { $0 ? true : nil }
      } completion: { (_: Result<Bool?, QueryError>) in
      }
      try waitUntil("the worker to be busy") { runner.engine.load.queued == 0 }
      runner.engine.submit(after: nil) { _ in
        true
      } completion: { (_: Result<Bool, QueryError>) in
      }
      let refused = refusal { () throws(QueryError) in try runner.metrics() }
      gate.withLock { $0 = true }
      gate.broadcast()
      guard case .overloaded = refused else {
        Issue.record("expected overloaded, got \(String(describing: refused))")
        return
      }
    }
  }

  @Test func aTokenOfAnotherStoreIsRefused() throws {
    try withStore { runner, store in
      let id = store.identity
      let first = [ShardPosition(shard: 0, position: 1)]
      for (token, code) in [
        (PositionToken(storeHigh: 1, storeLow: 1, generation: 1, positions: first), QueryErrorCode.otherStore),
        (
          PositionToken(storeHigh: id.idHigh, storeLow: id.idLow, generation: 2, positions: first), .otherGeneration
        ),
        (PositionToken(of: id, positions: [ShardPosition(shard: 8, position: 1)]), .otherStore),
      ] {
        let refused = refusal { () throws(QueryError) in try runner.run(after: token) { _ in true } }
        guard case .invalid(code, _) = refused else {
          Issue.record("expected \(code), got \(String(describing: refused))")
          return
        }
      }
    }
  }

  // MARK: Survival

  @Test func withoutAReadModelQueriesSaySo() throws {
    let database = try TestDatabase.make()
    let runner = QueryRunner(database.address("daybook_query"))
    guard case .unavailable(.noReadModel, _) = refusal({ () throws(QueryError) in try runner.metrics() }) else {
      Issue.record("expected no read model")
      return
    }
  }

  @Test func withoutAReadStoreQueriesAreUnavailable() throws {
    let runner = QueryRunner(PostgresAddress(conninfo: "host=127.0.0.1 port=1 dbname=none user=none"))
    let token = PositionToken(storeHigh: 1, storeLow: 1, generation: 1, positions: [])
    for after in [nil, token] {
      guard
        case .unavailable(.unavailable, _) = refusal({ () throws(QueryError) in try runner.run(after: after) { _ in 0 }
        })
      else {
        Issue.record("expected unavailable")
        return
      }
    }
  }

  @Test func aConnectionThatDiedIsReplaced() throws {
    try withStore { runner, store in
      let owner = try store.database.connect()
      for _ in 0..<3 {
        _ = try owner.query(
          sql: """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE application_name = 'daybook query' AND datname = current_database()
            """)
        #expect(try runner.metrics().metrics.count == 1)
      }
    }
  }

  @Test func aBuildThatGoesAwayUnderAQueryIsReadAgainElsewhere() throws {
    try withStore { runner, store in
      try store.waitForFold()
      store.stopProjector()
      let owner = try store.database.connect()
      let schema = try owner.query(
        sql: "SELECT schema FROM daybook_read.builds WHERE active AND projection = 'timeline'"
      ).text(0, 0)
      let tries = Mutex(0)
      let lines = try runner.run { (snapshot) throws(ReadFailure) -> Int in
        let count = tries.withLock { count in
          count += 1
          return count
        }
        if count == 1 {
          try? owner.execute(
            """
            ALTER TABLE daybook_read.builds ALTER COLUMN schema DROP EXPRESSION;
            ALTER SCHEMA \(schema) RENAME TO elsewhere;
            UPDATE daybook_read.builds SET schema = 'elsewhere' WHERE schema = '\(schema)';
            """)
        }
        return try TimelineQuery(TimelineRequest(selector: SeriesSelector(name: "cpu"))).answer(snapshot).lines.count
      }
      #expect(lines == 6)
      #expect(tries.withLock { $0 } == 2)
    }
  }
}

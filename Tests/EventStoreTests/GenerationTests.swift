import Commands
import EventStore
import Events
import Postgres
import Runtime
import Synchronization
import TestSupport
import Testing

/// What happens when the store is restored from a backup under a service that runs.
@Suite struct GenerationTests {
  @Test func aNewGenerationIsLaterThanAnyBeforeIt() throws {
    let harness = try StoreHarness()
    var before = harness.identity.generation
    #expect(before == 1)
    for _ in 0..<3 {
      let made = try harness.connection.query(sql: "SELECT daybook_events.restored()").int32(0, 0)
      #expect(made > before)
      #expect(try StoreIdentity.read(from: harness.connection).generation == made)
      before = made
    }
    // Of one backup restored twice two stores come: their generations differ although both began with the same one.
    let secondsSince2026 = WallClock.now / 1_000_000_000 - 1_767_225_600
    #expect(abs(Int64(before) - secondsSince2026) < 120)
  }

  @Test func onlyTheOwnerMayChangeTheGeneration() throws {
    let harness = try StoreHarness()
    for role in ["daybook_writer", "daybook_feed", "daybook_relay", "daybook_projector", "daybook_query"] {
      let connection = try harness.database.connect(role)
      let error = #expect(throws: PostgresError.self) { try connection.execute("SELECT daybook_events.restored()") }
      #expect(error?.sqlState == "42501", "\(role)")
    }
    #expect(try StoreIdentity.read(from: harness.connection) == harness.identity)
  }

  @Test func anAppenderWhoseStoreWasRestoredAppendsNothingMoreAndSaysSoOnce() throws {
    let harness = try StoreHarness()
    let told = Mutex<[String]>([])
    let appender = harness.appender(limits: quick) { reason in told.withLock { $0.append(reason) } }
    defer { appender.stop() }
    _ = try appender.record(TestCommand.record([("a", 1, 1)], to: appender)).get()
    // With the heads known, and with a series to register under locks: both ways of appending.
    let before = try harness.log().all.count
    let generation = try harness.connection.query(sql: "SELECT daybook_events.restored()").int32(0, 0)
    for name in ["a", "b"] {
      let result = appender.record(try TestCommand.record([(name, 2, 1)], to: appender))
      guard case .failure(.unavailable(let reason, _)) = result else {
        Issue.record("expected a refusal: \(result)")
        return
      }
      #expect(reason.contains("restored from a backup"))
    }
    #expect(try harness.log().all.count == before)
    try waitUntil("the notice") { told.withLock { !$0.isEmpty } }
    #expect(told.withLock { $0.count } == 1)
    #expect(told.withLock { $0[0] }.contains("\(generation)"))
    #expect(!appender.state.isReady)

    let anew = Appender(
      harness.database.address("daybook_writer"), identity: try StoreIdentity.read(from: harness.connection),
      logger: Logger(program: "tests", level: .error), registry: MetricsRegistry())
    defer { anew.stop() }
    let outcome = try anew.record(TestCommand.record([("a", 3, 1)], to: anew)).get()
    guard case .recorded(let receipt, _) = outcome else {
      Issue.record("expected a receipt: \(outcome)")
      return
    }
    #expect(receipt.token.generation == generation)
  }

  @Test func anAppendUnderWayIsEitherBeforeTheChangeOrRefused() throws {
    let harness = try StoreHarness()
    let appender = harness.appender(limits: quick)
    defer { appender.stop() }
    for name in ["a", "b", "c", "d"] {
      _ = try appender.record(TestCommand.record([(name, 1, 1)], to: appender)).get()
    }
    let isOver = Atomic<Bool>(false)
    let acknowledged = Mutex<Set<String>>([])
    let threads = (0..<4).map { number in
      OwnedThread("writer-\(number)") {
        while !isOver.load(ordering: .relaxed) {
          guard let command = try? TestCommand.record([("abcd".map { String($0) }[number], 2, 1)], to: appender) else {
            return
          }
          guard (try? appender.record(command).get()) != nil else { return }
          acknowledged.withLock { _ = $0.insert(command.id.description) }
        }
      }
    }
    try waitUntil("load") { acknowledged.withLock { $0.count } > 200 }
    try harness.connection.execute("BEGIN; SELECT daybook_events.restored()")
    let heads = try harness.count("SELECT sum(position)::bigint FROM daybook_events.shards")
    try harness.connection.execute("COMMIT")
    for thread in threads { thread.join() }
    isOver.store(true, ordering: .relaxed)
    let log = try harness.log()
    #expect(log.all.count == heads, "something was appended after the change")
    #expect(acknowledged.withLock { $0 }.allSatisfy { log.commands[$0] == 1 })
  }

  @Test func aLogThatHasLostWhatWasSeenIsNotAppendedTo() throws {
    let harness = try StoreHarness()
    let isTold = Mutex(false)
    let appender = harness.appender(limits: quick) { _ in isTold.withLock { $0 = true } }
    defer { appender.stop() }
    for round in 1...4 { _ = try appender.record(TestCommand.record([("a", Int64(round), 1)], to: appender)).get() }
    // As a backup from before the last two events, put in place with Postgres' own tools.
    try harness.connection.execute(
      """
      BEGIN;
      WITH last AS (SELECT shard, max(position) AS position FROM daybook_events.events GROUP BY shard)
      DELETE FROM daybook_events.events e USING last WHERE e.shard = last.shard AND e.position > last.position - 2;
      UPDATE daybook_events.shards s SET position = e.position, hash = e.hash, recorded_at = e.recorded_at FROM daybook_events.events e
      WHERE e.shard = s.shard AND e.position = s.position - 2;
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND application_name LIKE 'daybook-append%';
      COMMIT
      """)
    try waitUntil("the appender to notice") {
      guard case .unavailable(let reason, _) = appender.state else { return false }
      return reason.contains("migrate --restored was not run yet")
    }
    #expect((try? appender.record(TestCommand.record([("a", 9, 1)], to: appender)).get()) == nil)
    #expect(try harness.log().commands.count == 2)
    #expect(isTold.withLock { $0 } == false)
    try harness.connection.execute("SELECT daybook_events.restored()")
    try waitUntil("the notice that it may start anew") { isTold.withLock { $0 } }
  }

  private var quick: AppenderLimits {
    var limits = AppenderLimits()
    limits.patience = .milliseconds(300)
    return limits
  }
}

import Postgres
import Runtime
import Synchronization
import TestSupport
import Testing

@Suite struct PostgresMigratorTests {
  let database: TestDatabase
  let connection: PostgresConnection
  private let first = "CREATE TABLE part.a (id int); INSERT INTO part.a SELECT generate_series(1, {{rows}})"
  private let second = "CREATE TABLE part.b (id int)"

  init() throws {
    database = try TestDatabase.makeEmpty()
    connection = try database.connect()
  }

  private func migrator(_ texts: [String]) -> PostgresMigrator {
    PostgresMigrator(
      schema: "part",
      migrations: texts.enumerated().map { ($0.offset + 1, "step\($0.offset + 1)", [UInt8]($0.element.utf8)) })
  }

  @Test func eachMigrationIsAppliedOnceAndInOrder() throws {
    let one = migrator([first])
    #expect(try one.pending(connection) == ["step1"])
    #expect(try one.migrate(connection, substitute: ["rows": "3"]) == ["step1"])
    #expect(try one.migrate(connection, substitute: ["rows": "5"]) == [])
    let two = migrator([first, second])
    #expect(try two.pending(connection) == ["step2"])
    #expect(try two.migrate(connection, substitute: ["rows": "5"]) == ["step2"])
    #expect(try two.pending(connection) == [])
    #expect(try connection.query(sql: "SELECT count(*) FROM part.a").int64(0, 0) == 3)
    let rows = try connection.query(sql: "SELECT number, name, applied_at FROM part.migrations ORDER BY 1")
    #expect(rows.rowCount == 2)
    #expect(try rows.text(1, 1) == "step2")
    #expect(try abs(rows.int64(1, 2) - WallClock.now) < 600_000_000_000)
  }

  @Test func aChangedTextIsRefusedByName() throws {
    _ = try migrator([second]).migrate(connection)
    let changed = migrator([second + " "])
    let error = #expect(throws: PostgresError.self) { try changed.migrate(connection) }
    #expect(error?.description.contains("step1") == true)
    #expect(error?.disposition == .fatal)
    #expect(throws: PostgresError.self) { try changed.pending(connection) }
  }

  @Test func anAppliedMigrationThatWeDoNotKnowIsRefused() throws {
    _ = try migrator([first, second]).migrate(connection, substitute: ["rows": "1"])
    let error = #expect(throws: PostgresError.self) {
      try migrator([first]).migrate(connection, substitute: ["rows": "1"])
    }
    #expect(error?.description.contains("step2") == true)
  }

  @Test func aFailingMigrationLeavesThoseBeforeItAndNothingOfItself() throws {
    let broken = migrator([second, "CREATE TABLE part.c (); SELECT 1/0"])
    let error = #expect(throws: PostgresError.self) { try broken.migrate(connection) }
    #expect(error?.description.contains("step2") == true)
    #expect(error?.sqlState == "22012")
    #expect(try broken.pending(connection) == ["step2"])
    #expect(try connection.query(sql: "SELECT to_regclass('part.c') IS NULL").bool(0, 0))
    #expect(!connection.isInTransaction)
    // The lock was given back: another session may try.
    let other = try database.connect()
    #expect(try migrator([second, "SELECT 1"]).migrate(other) == ["step2"])
  }

  @Test func aPlaceholderWithoutValueIsRefusedBeforeAnythingHappens() throws {
    let error = #expect(throws: PostgresError.self) { try migrator([second, first]).migrate(connection) }
    #expect(error?.description.contains("{{rows}}") == true)
    #expect(try connection.query(sql: "SELECT to_regclass('part.b') IS NULL").bool(0, 0))
  }

  @Test func bracesThatAreNoPlaceholderStay() throws {
    _ = try migrator(["CREATE TABLE part.d AS SELECT '{{1,2},{3,4}}'::text AS v, '{{'::text AS w, '{{A}}'::text AS x"])
      .migrate(connection)
    let row = try connection.query(sql: "SELECT v, w, x FROM part.d")
    #expect(try row.text(0, 0) == "{{1,2},{3,4}}")
    #expect(try row.text(0, 1) == "{{")
    #expect(try row.text(0, 2) == "{{A}}")
  }

  @Test func ofManyAtOnceOneApplies() throws {
    let migrator = migrator(["SELECT pg_sleep(0.2)", second])
    let database = self.database
    let applied = Mutex<[String]>([])
    let failures = Mutex<[String]>([])
    let threads = (0..<4).map { index in
      OwnedThread("migrator \(index)") {
        do {
          let names = try migrator.migrate(try database.connect())
          applied.withLock { $0 += names }
        } catch { failures.withLock { $0.append("\(error)") } }
      }
    }
    threads.forEach { $0.join() }
    #expect(failures.withLock { $0 } == [])
    #expect(applied.withLock { $0 } == ["step1", "step2"])
  }

  @Test func aSessionsLimitsDoNotCountWithin() throws {
    var timeouts = PostgresTimeouts()
    timeouts.statement = .milliseconds(100)
    timeouts.grace = .milliseconds(100)
    let hasty = try database.connect(timeouts: timeouts)
    #expect(try migrator(["SELECT pg_sleep(0.6)"]).migrate(hasty) == ["step1"])
    #expect(throws: PostgresError.self) { try hasty.query(sql: "SELECT pg_sleep(20)") }
  }

  @Test func bothStoresMigrate() throws {
    let database = try TestDatabase.make(shards: 4)
    let result = try database.connect().query(sql: "SELECT shards FROM daybook_events.store")
    #expect(try result.int32(0, 0) == 4)
  }
}

import Postgres
import ProjectionEngine
import ProjectionKit
import Runtime
import TestSupport

/// A store, engines over it, and what they wrote. Stops the engines that are still running when it goes.
final class EngineScene {
  /// Keeps the database alive.
  private let holder: AnyObject
  let address: (_ role: String) -> PostgresAddress
  private(set) var log: TestLog
  private var owner: PostgresConnection
  private var running: [(engine: ProjectionEngine, thread: OwnedThread)] = []

  convenience init() throws {
    let database = try TestDatabase.make()
    try self.init(database) { database.address($0) }
  }

  init(_ holder: AnyObject, address: @escaping (_ role: String) -> PostgresAddress) throws {
    self.holder = holder
    self.address = address
    log = try TestLog(address("daybook_owner"))
    owner = try PostgresConnection(address("daybook_owner"), application: "scene")
  }

  /// After the server has been away.
  func reconnect() throws {
    log = try TestLog(address("daybook_owner"))
    owner = try PostgresConnection(address("daybook_owner"), application: "scene")
  }

  deinit {
    for (engine, _) in running { engine.stop() }
    for (_, thread) in running { thread.join() }
  }

  func settings(_ projections: [any Projection], application: String = "daybook projector") -> EngineSettings {
    EngineSettings(
      eventStore: address("daybook_feed"), readStore: address("daybook_projector"), projections: projections,
      application: application)
  }

  func start(
    _ settings: EngineSettings, logger: Logger = Logger(program: "tests", level: .error)
  ) -> ProjectionEngine {
    let engine = ProjectionEngine(settings: settings, logger: logger, metrics: MetricsRegistry())
    running.append((engine, OwnedThread("engine") { engine.run() }))
    return engine
  }

  /// Stops an engine as SIGTERM would.
  func stop(_ engine: ProjectionEngine) {
    engine.stop()
    guard let index = running.firstIndex(where: { $0.engine === engine }) else { return }
    running.remove(at: index).thread.join()
  }

  func number(_ sql: String) throws -> Int64 { try owner.query(sql: sql).int64(0, 0) }

  func execute(_ sql: String) throws { try owner.execute(sql) }

  /// Sum of the positions that all shards have reached in the log.
  func events() throws -> Int64 {
    try number("SELECT coalesce(sum(position), 0)::bigint FROM daybook_events.shards")
  }

  func waitUntilProjected(_ schema: String = "journal_b1", deadline: Duration = .seconds(30)) throws {
    let expected = try events()
    var last = "none"
    do {
      try waitUntil(deadline: deadline, "\(expected) events in \(schema)") {
        let actual = Result { try rows(schema) }
        last = "\(actual)"
        return (try? actual.get()) == expected
      }
    } catch let timeout as WaitTimeout {
      throw WaitTimeout(
        what: "\(timeout.what); the last look: \(last); \(running.map { $0.engine.status() })", deadline: deadline)
    }
  }

  func rows(_ schema: String = "journal_b1") throws -> Int64 {
    try number("SELECT (SELECT count(*) FROM \(schema).arrived) + (SELECT count(*) FROM \(schema).filed)")
  }

  /// Events that are lost, doubled or out of order, or that were counted by memory that was not restored.
  func faults(_ schema: String = "journal_b1") throws -> Int64 {
    try number(
      """
      SELECT count(*) FROM (
        SELECT position, total, row_number() OVER (PARTITION BY shard ORDER BY place) AS expected
        FROM (SELECT * FROM \(schema).arrived UNION ALL SELECT * FROM \(schema).filed) AS all_rows
      ) AS r WHERE r.position <> r.expected OR r.total <> r.expected
      """)
  }

  /// Shards whose progress is not the head, or has another hash.
  func staleProgress() throws -> Int64 {
    try number(
      """
      SELECT count(*) FROM daybook_read.progress p JOIN daybook_events.shards s USING (shard)
      WHERE p.position <> s.position OR p.hash <> s.hash
      """)
  }

  /// Kills the server processes of an application, as a network or an administrator would.
  func cut(_ application: String) throws {
    try execute(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
        + "AND application_name LIKE '\(application)%'")
  }
}

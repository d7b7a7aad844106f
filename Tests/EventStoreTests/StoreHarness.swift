import Commands
import EventStore
import Events
import Postgres
import Runtime
import TestSupport

/// A store of a test's own, and appenders that write to it.
final class StoreHarness {
  let database: TestDatabase
  let identity: StoreIdentity
  /// As the owner.
  let connection: PostgresConnection

  init(shards: Int = 4) throws {
    database = try TestDatabase.make(shards: shards)
    connection = try database.connect()
    identity = try StoreIdentity.read(from: connection)
  }

  func appender(
    limits: AppenderLimits = AppenderLimits(), timeouts: PostgresTimeouts = .standard,
    registry: MetricsRegistry = MetricsRegistry(), logLevel: LogLevel = .error,
    storeRestored: @escaping @Sendable (String) -> Void = { _ in }
  ) -> Appender {
    Appender(
      database.address("daybook_writer"), identity: identity, limits: limits, timeouts: timeouts,
      logger: Logger(program: "tests", level: logLevel), registry: registry, storeRestored: storeRestored)
  }

  func withAppender<R>(_ body: (Appender) throws -> R) rethrows -> R {
    let appender = appender()
    defer { appender.stop() }
    return try body(appender)
  }

  func count(_ sql: String) throws -> Int {
    Int(try connection.query(sql: sql).int64(0, 0))
  }

  /// Since the database was made. To be called when the appenders are stopped.
  func deadlocks() throws -> Int {
    // A server process counts its deadlocks for all to see when it ends, at the latest.
    try waitUntil("the sessions of others to end") {
      try count("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
        == 0
    }
    return try count("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
  }

  func log() throws -> CheckedLog { try CheckedLog(connection, shards: identity.shards) }
}

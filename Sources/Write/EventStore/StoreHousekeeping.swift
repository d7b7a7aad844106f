package import Postgres
import Runtime

/// Deletes what the event store keeps for a limited time only: idempotency keys after their life, and all but the newest
/// rejected samples. One thread; several services may do it at once.
package final class StoreHousekeeping: Sendable {
  private static let interval = Duration.seconds(60)
  /// Rows of one transaction: small, so that nobody waits for its locks.
  private static let batch: Int64 = 1_000

  /// Rows that another service is deleting are skipped. A key whose row is being claimed anew is locked by that, and skipped.
  private static let expireKeys = PostgresStatement(
    "expire_keys",
    """
    WITH old AS (
      SELECT actor, key FROM daybook_events.keys WHERE created_at < $1::bigint
      ORDER BY created_at LIMIT $2::bigint FOR UPDATE SKIP LOCKED
    )
    DELETE FROM daybook_events.keys k USING old WHERE k.actor = old.actor AND k.key = old.key
    """)
  private static let trimRejected = PostgresStatement(
    "trim_rejected", "SELECT daybook_events.trim_rejected($1::bigint)")

  private let isStopped: Monitor<Bool>
  private let thread: OwnedThread

  init(_ address: PostgresAddress, limits: AppenderLimits, logger: Logger) {
    let isStopped = Monitor(false)
    self.isStopped = isStopped
    thread = OwnedThread("daybook-expire") {
      while !Self.pause(isStopped) {
        do {
          let connection = try PostgresConnection(address, application: "daybook-expire")
          try Self.run(connection, limits: limits, now: WallClock.now)
        } catch {
          logger.debug("cannot delete expired keys; trying again later", ["reason": "\(error)"])
        }
      }
    }
  }

  func stop() {
    isStopped.withLock { $0 = true }
    isStopped.broadcast()
    thread.join()
  }

  /// One round of it.
  package static func run(
    _ connection: PostgresConnection, limits: AppenderLimits, now: Int64
  ) throws(PostgresError) {
    while true {
      var parameters = PostgresParameters()
      parameters.int64(now - limits.keyLifetime.nanoseconds)
      parameters.int64(batch)
      let deleted = try connection.query(expireKeys, parameters).affectedRows
      if deleted < Int(batch) { break }
    }
    var parameters = PostgresParameters()
    parameters.int64(limits.rejectedLimit)
    _ = try connection.query(trimRejected, parameters)
  }

  /// True when it is time to end.
  private static func pause(_ isStopped: Monitor<Bool>) -> Bool {
    isStopped.wait(until: MonotonicClock.deadline(after: interval)) { $0 ? true : nil } ?? false
  }
}

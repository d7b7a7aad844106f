import Postgres
import Runtime

/// What the stores take on disk, indexes and what is dead in the tables included. Blocks: each question takes a connection of
/// its own, which is closed again.
struct StoreSize: Sendable {
  /// Nobody waits for longer; a size that cannot be told in time is not told.
  private static let timeLimit = Duration.seconds(5)

  /// Needs no right on the tables: their sizes are everybody's in Postgres.
  private static let events = sizes(of: "n.nspname = 'daybook_events'")
  private static let readModels = sizes(
    of: "n.nspname = 'daybook_read' OR n.nspname IN (SELECT schema FROM daybook_read.builds)")

  private static func sizes(of filter: String) -> String {
    """
    SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'm') AND (\(filter))
    """
  }

  /// Bytes of the event store; nil where it cannot be asked.
  static func ofEvents(_ address: PostgresAddress?) -> Int64? { address.flatMap { ask($0, events) } }

  /// Bytes of all builds; nil where they cannot be asked.
  static func ofReadModels(_ address: PostgresAddress) -> Int64? { ask(address, readModels) }

  private static func ask(_ address: PostgresAddress, _ sql: String) -> Int64? {
    var timeouts = PostgresTimeouts.standard
    timeouts.statement = timeLimit
    let connection = try? PostgresConnection(address, application: "daybook query status", timeouts: timeouts)
    return try? connection?.query(sql: sql).int64(0, 0)
  }
}

import Postgres
import Runtime

/// What the relay has sent, by its own cursors.
enum RelayedEvents {
  /// Returns when everything that is in the store is on the topic.
  static func wait(_ store: PostgresAddress, _ topic: String, patience: Duration = .seconds(600)) throws {
    let connection = try PostgresConnection(store, application: "daybook bench")
    let deadline = MonotonicClock.deadline(after: patience)
    while try left(connection, topic) > 0 {
      guard MonotonicClock.now < deadline else {
        throw BenchError("the relay did not send all within \(Int(patience.seconds)) seconds")
      }
      MonotonicClock.sleep(for: .milliseconds(10))
    }
  }

  private static func left(_ connection: PostgresConnection, _ topic: String) throws -> Int64 {
    var parameters = PostgresParameters()
    parameters.text(topic)
    return try connection.query(leftover, parameters).int64(0, 0)
  }

  private static let leftover = PostgresStatement(
    "bench_left",
    """
    SELECT coalesce(sum(s.position - coalesce(c.position, 0)), 0)::bigint
    FROM daybook_events.shards s
    LEFT JOIN daybook_events.relay_cursors c ON c.shard = s.shard AND c.topic = $1
    """)

  /// Events that are in the store.
  static func count(_ store: PostgresAddress) throws -> Int64 {
    try PostgresConnection(store, application: "daybook bench")
      .query(sql: "SELECT coalesce(sum(position), 0)::bigint FROM daybook_events.shards").int64(0, 0)
  }
}

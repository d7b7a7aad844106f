import Events
import Postgres
import Runtime

/// What the two stores hold and how much WAL they wrote, as Postgres tells it. All in bytes.
package struct StoreFigures: Sendable, Equatable {
  /// Written since the cluster was made: of both stores, and whatever else is in that cluster.
  package var wal: Int64
  /// All of the event store's schema: heap, TOAST and indexes, registry and keys included.
  package var eventStore: Int64
  /// The table of events alone, with its TOAST and indexes.
  package var events: Int64
  /// The active builds without the tail.
  package var readModels: Int64
  /// The active timeline's tail: it is emptied a minute after it was folded, and its room used again.
  package var tail: Int64

  /// As the owner, or whoever may read the catalogue. Both stores are expected in one database.
  static func read(_ address: PostgresAddress) throws -> StoreFigures {
    let connection = try PostgresConnection(address, application: "daybook bench")
    let row = try connection.query(sql: sql)
    return StoreFigures(
      wal: try row.int64(0, 0), eventStore: try row.int64(0, 1), events: try row.int64(0, 2),
      readModels: try row.int64(0, 3), tail: try row.int64(0, 4))
  }

  private static let sql = """
    WITH sizes AS (
      SELECT n.nspname, c.relname, pg_total_relation_size(c.oid) AS bytes,
        c.oid IN (SELECT relid FROM pg_partition_tree('daybook_events.events')) AS of_events
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r'
    ), read AS (
      SELECT s.* FROM sizes s JOIN daybook_read.builds b ON b.schema = s.nspname AND b.active
    )
    SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint,
      coalesce((SELECT sum(bytes) FROM sizes WHERE nspname = 'daybook_events'), 0)::bigint,
      coalesce((SELECT sum(bytes) FROM sizes WHERE of_events), 0)::bigint,
      coalesce((SELECT sum(bytes) FROM read WHERE relname <> 'tail'), 0)::bigint,
      coalesce((SELECT sum(bytes) FROM read WHERE relname = 'tail'), 0)::bigint
    """

  /// Everything that was appended so far, as a token to wait for.
  static func heads(_ address: PostgresAddress) throws -> PositionToken {
    let connection = try PostgresConnection(address, application: "daybook bench")
    let rows = try connection.query(
      sql: """
        SELECT s.id, s.generation, h.shard, h.position FROM daybook_events.store s, daybook_events.shards h
        ORDER BY h.shard
        """)
    guard rows.rowCount > 0 else { throw BenchError("the event store has no shards") }
    let id = try rows.uuid(0, 0)
    return PositionToken(
      storeHigh: id.high, storeLow: id.low, generation: try rows.int32(0, 1),
      positions: try (0..<rows.rowCount).map {
        ShardPosition(shard: Int(try rows.int32($0, 2)), position: try rows.int64($0, 3))
      })
  }

  /// Waits until nothing in the tail is left to fold: what is stored has its final form, and queries are at rest.
  static func waitUntilFolded(_ address: PostgresAddress, patience: Duration = .seconds(300)) throws {
    let connection = try PostgresConnection(address, application: "daybook bench")
    let builds = try connection.query(
      sql: "SELECT schema FROM daybook_read.builds WHERE projection = 'timeline' AND active")
    guard builds.rowCount == 1 else { throw BenchError("there is no timeline to wait for") }
    let schema = PostgresConnection.quoted(identifier: try builds.text(0, 0))
    let deadline = MonotonicClock.deadline(after: patience)
    while true {
      let left = try connection.query(
        sql: """
          SELECT count(*) FROM \(schema).tail t LEFT JOIN \(schema).folded f USING (shard, page)
          WHERE t.sequence > coalesce(f.sequence, 0)
          """)
      if try left.int64(0, 0) == 0 { return }
      guard MonotonicClock.now < deadline else {
        throw BenchError("the tail was not folded within \(Int(patience.seconds)) seconds")
      }
      MonotonicClock.sleep(for: .milliseconds(50))
    }
  }

  /// Difference to an earlier reading, into a report: bytes in all and for each of `samples`.
  func add(to report: inout BenchReport, since before: StoreFigures, samples: Int) {
    func add(_ key: String, _ label: String, _ bytes: Int64) {
      report.add(key + "_bytes", label, Double(bytes), "bytes")
      if samples > 0 {
        report.add(key + "_bytes_per_sample", "  a sample", Double(bytes) / Double(samples), "bytes")
      }
    }
    add("wal", "WAL written, until all was folded", wal - before.wal)
    add("event_store", "stored in the event store", eventStore - before.eventStore)
    add("events", "  of it events with their index", events - before.events)
    add("read_model", "stored in read models, without the tail", readModels - before.readModels)
    report.add("tail_bytes", "room of the tail, to be used again", Double(tail), "bytes")
  }
}

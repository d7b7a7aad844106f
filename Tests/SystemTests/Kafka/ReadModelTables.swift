import Postgres
import Runtime
import TestSupport

/// The tables of a read store's active timeline, as a test compares them: byte by byte.
struct ReadModelTables: Equatable, CustomStringConvertible {
  struct Table: Equatable {
    let rows: Int64
    /// MD5 over the text of all rows in order of their keys: numbers in their shortest exact form, bytes in hex.
    let digest: String
  }

  let hours: Table
  let minutes: Table
  let days: Table

  /// Waits until everything is folded, then reads.
  init(_ address: PostgresAddress) throws {
    let connection = try PostgresConnection(address, application: "test", timeouts: .unlimited)
    let build = try connection.query(
      sql: "SELECT schema FROM daybook_read.builds WHERE projection = 'timeline' AND active")
    let schema = try build.text(0, 0)
    try waitUntil(deadline: .seconds(180), "the tail is folded") {
      try connection.query(
        sql: """
          SELECT count(*) FROM \(schema).tail t LEFT JOIN \(schema).folded f USING (shard, page)
          WHERE t.sequence > coalesce(f.sequence, 0)
          """
      ).int64(0, 0) == 0
    }
    func table(_ name: String, _ key: String) throws -> Table {
      let row = try connection.query(
        sql: """
          SELECT count(*), md5(coalesce(string_agg(md5(t::text), '' ORDER BY series, \(key)), ''))
          FROM \(schema).\(name) t
          """)
      return Table(rows: try row.int64(0, 0), digest: try row.text(0, 1))
    }
    hours = try table("hours", "hour")
    minutes = try table("minutes", "minute")
    days = try table("days", "day")
  }

  var description: String { "hours \(hours), minutes \(minutes), days \(days)" }
}

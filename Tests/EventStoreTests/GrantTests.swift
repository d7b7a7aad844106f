import Events
import Postgres
import TestSupport
import Testing

/// All that is granted to anybody but the owner, as `role: table: rights`, sorted.
private let expected: [String] = [
  "daybook_feed events: SELECT",
  "daybook_feed relay_cursors: SELECT",
  "daybook_feed series: SELECT",
  "daybook_feed shards: SELECT",
  "daybook_feed store: SELECT",
  "daybook_relay relay_cursors: INSERT, SELECT, UPDATE",
  "daybook_writer events: INSERT, SELECT",
  "daybook_writer keys: DELETE, INSERT, SELECT, UPDATE",
  "daybook_writer rejected: INSERT, SELECT",
  "daybook_writer series: INSERT, SELECT",
  "daybook_writer shards: SELECT, UPDATE",
  "daybook_writer store: SELECT",
]

@Test func nobodyHasMoreRightsThanTheDesignSays() throws {
  let harness = try StoreHarness()
  let rows = try harness.connection.query(
    sql: """
      SELECT concat(g.rolname, ' ', c.relname, ': ', string_agg(a.privilege_type, ', ' ORDER BY a.privilege_type))
      FROM pg_class c CROSS JOIN aclexplode(c.relacl) a LEFT JOIN pg_roles g ON g.oid = a.grantee
      WHERE c.relnamespace = 'daybook_events'::regnamespace AND a.grantee <> c.relowner
      GROUP BY g.rolname, c.relname ORDER BY 1
      """)
  #expect(try (0..<rows.rowCount).map { try rows.text($0, 0) } == expected)
  let roles = try harness.connection.query(
    sql: """
      SELECT count(*) FROM pg_roles
      WHERE rolname IN ('daybook_writer', 'daybook_feed', 'daybook_relay')
        AND NOT (rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls)
      """)
  #expect(try roles.int64(0, 0) == 3)
}

@Test func theWriterCannotChangeOrDeleteAnEvent() throws {
  let harness = try StoreHarness()
  try harness.withAppender { appender in
    _ = try appender.record(TestCommand.record([("a", 1, 1)], to: appender)).get()
  }
  for role in ["daybook_writer", "daybook_feed", "daybook_relay"] {
    let connection = try harness.database.connect(role)
    for sql in [
      "UPDATE daybook_events.events SET sample_count = 0", "DELETE FROM daybook_events.events",
      "TRUNCATE daybook_events.events", "DELETE FROM daybook_events.events_0",
      "UPDATE daybook_events.store SET generation = 2", "DELETE FROM daybook_events.rejected",
      "DELETE FROM daybook_events.shards",
    ] {
      let error = #expect(throws: PostgresError.self) { try connection.execute(sql) }
      #expect(error?.sqlState == "42501", "\(role): \(sql)")
    }
  }
  #expect(try harness.log().all.count == 2)
}

@Test func payloadsAreNotCompressedByPostgres() throws {
  let harness = try StoreHarness()
  let plain =
    "SELECT count(*) FROM pg_attribute WHERE attname = 'payload' AND attstorage <> 'e' AND attrelid::regclass::text LIKE 'daybook_events.%'"
  #expect(try harness.count(plain) == 0)
}

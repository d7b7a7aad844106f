import Postgres
import TestSupport
import Testing

/// What each process' role may do in Postgres: exactly this, and nothing else.
struct GrantTests {
  /// Rights on tables, as `role table` to the rights in the order of the alphabet.
  static let expected: [String: [String]] = [
    "daybook_writer daybook_events.events": ["INSERT", "SELECT"],
    "daybook_writer daybook_events.keys": ["DELETE", "INSERT", "SELECT", "UPDATE"],
    "daybook_writer daybook_events.rejected": ["INSERT", "SELECT"],
    "daybook_writer daybook_events.series": ["INSERT", "SELECT"],
    "daybook_writer daybook_events.shards": ["SELECT", "UPDATE"],
    "daybook_writer daybook_events.store": ["SELECT"],
    "daybook_feed daybook_events.events": ["SELECT"],
    "daybook_feed daybook_events.relay_cursors": ["SELECT"],
    "daybook_feed daybook_events.series": ["SELECT"],
    "daybook_feed daybook_events.shards": ["SELECT"],
    "daybook_feed daybook_events.store": ["SELECT"],
    "daybook_relay daybook_events.relay_cursors": ["INSERT", "SELECT", "UPDATE"],
    "daybook_projector daybook_read.builds": ["DELETE", "INSERT", "SELECT", "UPDATE"],
    "daybook_projector daybook_read.identity": ["SELECT"],
    "daybook_projector daybook_read.progress": ["DELETE", "INSERT", "SELECT", "UPDATE"],
    "daybook_query daybook_read.builds": ["SELECT"],
    "daybook_query daybook_read.progress": ["SELECT"],
    "daybook_reader daybook.days": ["SELECT"],
    "daybook_reader daybook.hours": ["SELECT"],
    "daybook_reader daybook.metrics": ["SELECT"],
    "daybook_reader daybook.series": ["SELECT"],
  ]

  /// Functions that a role may call.
  static let callable: Set<String> = [
    "daybook_writer daybook_events.append", "daybook_writer daybook_events.trim_rejected",
    "daybook_projector daybook_read.create_schema", "daybook_projector daybook_read.publish_views",
    "daybook_reader daybook.moment",
  ]

  @Test func everyRoleHasTheRightsOfTheTableAndNoOthers() throws {
    let database = try TestDatabase.make()
    let connection = try PostgresConnection(database.address(), application: "test")
    let rows = try connection.query(
      sql: """
        SELECT r.rolname || ' ' || n.nspname || '.' || c.relname, p.privilege
        FROM pg_roles r, pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,
          unnest(ARRAY['DELETE', 'INSERT', 'REFERENCES', 'SELECT', 'TRIGGER', 'TRUNCATE', 'UPDATE']) p (privilege)
        WHERE r.rolname LIKE 'daybook\\_%' AND NOT r.rolsuper AND n.nspname ~ '^daybook(_|$)'
          AND c.relkind IN ('r', 'p', 'v', 'm') AND has_table_privilege(r.oid, c.oid, p.privilege)
        ORDER BY 1, 2
        """)
    var actual: [String: [String]] = [:]
    for row in 0..<rows.rowCount {
      actual[try rows.text(row, 0), default: []].append(try rows.text(row, 1))
    }
    #expect(actual == Self.expected)
  }

  @Test func everyRoleMayCallTheFunctionsOfTheTableAndNoOthers() throws {
    let database = try TestDatabase.make()
    let connection = try PostgresConnection(database.address(), application: "test")
    let rows = try connection.query(
      sql: """
        SELECT r.rolname || ' ' || n.nspname || '.' || p.proname
        FROM pg_roles r, pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE r.rolname LIKE 'daybook\\_%' AND NOT r.rolsuper AND n.nspname ~ '^daybook(_|$)'
          AND has_schema_privilege(r.oid, n.oid, 'USAGE') AND has_function_privilege(r.oid, p.oid, 'EXECUTE')
        """)
    #expect(Set(try (0..<rows.rowCount).map { try rows.text($0, 0) }) == Self.callable)
  }

  @Test func noRoleOfAProcessIsASuperuserOrMayMakeRolesOrDatabases() throws {
    let database = try TestDatabase.make()
    let connection = try PostgresConnection(database.address(), application: "test")
    let rows = try connection.query(
      sql: """
        SELECT rolname::text, rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls
        FROM pg_roles WHERE rolname IN ('daybook_writer', 'daybook_feed', 'daybook_relay', 'daybook_projector',
          'daybook_query', 'daybook_reader') ORDER BY 1
        """)
    #expect(rows.rowCount == 6)
    for row in 0..<rows.rowCount {
      let role = try rows.text(row, 0)
      #expect(try rows.bool(row, 1) == false, "\(role)")
    }
  }

  @Test func theWriterCannotChangeDeleteOrTruncateAnEvent() throws {
    let database = try TestDatabase.make()
    let connection = try PostgresConnection(database.address("daybook_writer"), application: "test")
    for statement in [
      "UPDATE daybook_events.events SET payload = ''", "DELETE FROM daybook_events.events",
      "TRUNCATE daybook_events.events", "DROP TABLE daybook_events.events",
      "ALTER TABLE daybook_events.events DISABLE TRIGGER ALL", "UPDATE daybook_events.events_0 SET payload = ''",
    ] {
      let error = #expect(throws: PostgresError.self) { try connection.execute(statement) }
      #expect(error?.sqlState == "42501", "\(statement): \(String(describing: error))")
    }
  }
}

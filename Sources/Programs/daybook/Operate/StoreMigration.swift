import EventStoreMigrations
import Postgres
import ReadStoreMigrations

/// Brings both stores up to this version.
enum StoreMigration {
  /// The number of shards of a new store. It never changes afterwards.
  static let defaultShards = 8

  /// Runs what is pending and returns the names of it, `event store: roles` and so on. Needs an owner of the databases.
  static func run(_ databases: Databases, shards: Int) throws -> [String] {
    let events = try PostgresConnection(databases.eventStore(role: nil), application: "daybook migrate")
    let read = try PostgresConnection(databases.readStore(role: nil), application: "daybook migrate")
    let eventMigrator = PostgresMigrator(schema: "daybook_events", migrations: EventStoreMigrations.all)
    let readMigrator = PostgresMigrator(schema: "daybook_read", migrations: ReadStoreMigrations.all)
    let appliedEvents = try eventMigrator.migrate(events, substitute: ["shards": "\(shards)"])
    let appliedRead = try readMigrator.migrate(read)
    return appliedEvents.map { "event store: \($0)" } + appliedRead.map { "read store: \($0)" }
  }
}

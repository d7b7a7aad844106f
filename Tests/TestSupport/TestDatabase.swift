import EventStoreMigrations
package import Postgres
import PostgresCluster
import ReadStoreMigrations
import Runtime
import Synchronization

/// A database of a test's own in the test process' cluster, dropped when the value goes.
package final class TestDatabase: Sendable {
  package let name: String
  private let cluster: PostgresCluster

  /// A database with the event store's and the read store's migrations applied: a copy of a template that is made once
  /// per number of shards.
  package static func make(shards: Int = 8) throws -> TestDatabase {
    let cluster = try TestCluster.shared.get()
    return try TestDatabase(cluster, template: try template(shards, cluster))
  }

  /// A database with nothing in it.
  package static func makeEmpty() throws -> TestDatabase {
    try TestDatabase(try TestCluster.shared.get(), template: "template0")
  }

  /// As one of the roles (`daybook_writer` …); its owner by default.
  package func address(_ role: String = PostgresCluster.owner) -> PostgresAddress {
    cluster.address(user: role, database: name)
  }

  /// A new connection as one of the roles.
  package func connect(
    _ role: String = PostgresCluster.owner, timeouts: PostgresTimeouts = .standard
  ) throws -> PostgresConnection {
    try PostgresConnection(address(role), application: "tests", timeouts: timeouts)
  }

  private static let counter = Atomic<Int>(0)
  private static let templates = Mutex<[Int: String]>([:])

  private init(_ cluster: PostgresCluster, template: String) throws {
    self.cluster = cluster
    name = "test_\(Self.counter.add(1, ordering: .relaxed).newValue)"
    try Self.administrate(cluster, "CREATE DATABASE \(name) TEMPLATE \(template)")
  }

  deinit { try? Self.administrate(cluster, "DROP DATABASE \(name) WITH (FORCE)") }

  private static func administrate(_ cluster: PostgresCluster, _ sql: String) throws {
    let connection = try PostgresConnection(cluster.address(database: "postgres"), application: "tests")
    try connection.execute(sql)
  }

  private static func template(_ shards: Int, _ cluster: PostgresCluster) throws -> String {
    try templates.withLock { templates in
      if let name = templates[shards] { return name }
      let name = "template_\(shards)"
      try cluster.createDatabaseIfNeeded(name)
      let connection = try PostgresConnection(
        cluster.address(database: name), application: "tests", timeouts: .unlimited)
      let values = ["shards": "\(shards)"]
      _ = try PostgresMigrator(schema: "daybook_events", migrations: EventStoreMigrations.all)
        .migrate(connection, substitute: values)
      _ = try PostgresMigrator(schema: "daybook_read", migrations: ReadStoreMigrations.all)
        .migrate(connection, substitute: values)
      templates[shards] = name
      return name
    }
  }
}

import EventStoreMigrations
import Postgres
import PostgresCluster
import ReadStoreMigrations
import Runtime
import TestSupport

/// A Postgres of a test's own, to be killed.
final class PrivateServer {
  private let folder = TemporaryFolder()
  let cluster: PostgresCluster

  init() throws {
    cluster = PostgresCluster(
      home: folder.path, settings: ["max_connections": "50"], isDisposable: true,
      logger: Logger(program: "tests", level: .error))
    try cluster.initializeIfNeeded()
    try cluster.start()
    try cluster.createDatabaseIfNeeded("daybook")
    let connection = try PostgresConnection(cluster.address(), application: "tests", timeouts: .unlimited)
    _ = try PostgresMigrator(schema: "daybook_events", migrations: EventStoreMigrations.all)
      .migrate(connection, substitute: ["shards": "8"])
    _ = try PostgresMigrator(schema: "daybook_read", migrations: ReadStoreMigrations.all)
      .migrate(connection, substitute: [:])
  }

  deinit { cluster.destroy() }
}

package import Events
import Postgres

extension ReadStore {
  /// What became of the builds of other generations of a store.
  package struct Adoption: Sendable {
    /// Schemas of those that fit, and are of the present generation now.
    package var kept: [String] = []
    /// Schemas of those that did not, and are gone with their tables.
    package var dropped: [String] = []

    package init() {}
  }

  /// How long to wait for a query, or a projector, that has a build's tables.
  package static let adoptionLockLimitSeconds = 60

  /// After a backup was restored: gives the store's generation to each build of another generation of it that `fits`, and
  /// drops the others, which their projection makes anew. Builds of other stores are left alone. All of it or nothing.
  ///
  /// The progress rows are locked before `fits` is asked, so a projector that is at work has either committed before, or
  /// is fenced off: its next transaction finds another epoch, and it begins anew.
  /// - Parameter fits: whether the log still has all that the build has: the event at each shard's position, with its
  ///   hash.
  package func adoptBuilds(
    of store: StoreIdentity, fits: (Build, [Int: ShardProgress]) throws -> Bool
  ) throws -> Adoption {
    let timeout = connection.responseTimeout
    connection.responseTimeout = nil
    defer { connection.responseTimeout = timeout }
    return try within(
      """
      BEGIN; SET LOCAL synchronous_commit = on; SET LOCAL statement_timeout = 0;
      SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL lock_timeout = '\(Self.adoptionLockLimitSeconds)s'
      """
    ) {
      // As in `ensureBuild`: nobody makes a build meanwhile.
      _ = try connection.query(sql: "SELECT pg_advisory_xact_lock(-1, 0)")
      var adoption = Adoption()
      for build in try builds() where build.store != store && build.store.isSameStore(as: store) {
        let progress = try lockProgress(of: build)
        if build.store.shards == store.shards, try fits(build, progress) {
          try keep(build, in: store.generation)
          adoption.kept.append(build.schema)
        } else {
          try drop(build)
          adoption.dropped.append(build.schema)
        }
      }
      return adoption
    }
  }

  private func lockProgress(of build: Build) throws -> [Int: ShardProgress] {
    var parameters = PostgresParameters()
    parameters.int32(build.id)
    let rows = try connection.query(
      sql: "SELECT shard, position, hash, epoch FROM daybook_read.progress WHERE build = $1 ORDER BY shard FOR UPDATE",
      parameters)
    var progress: [Int: ShardProgress] = [:]
    for row in 0..<rows.rowCount {
      progress[Int(try rows.int32(row, 0))] = ShardProgress(
        position: try rows.int64(row, 1), hash: try rows.byteArray(row, 2), epoch: try rows.int64(row, 3))
    }
    return progress
  }

  private func keep(_ build: Build, in generation: Int32) throws {
    var parameters = PostgresParameters()
    parameters.int32(build.id)
    parameters.int32(generation)
    _ = try connection.query(sql: "UPDATE daybook_read.builds SET generation = $2 WHERE id = $1", parameters)
    var fenced = PostgresParameters()
    fenced.int32(build.id)
    _ = try connection.query(sql: "UPDATE daybook_read.progress SET epoch = epoch + 1 WHERE build = $1", fenced)
  }

  private func drop(_ build: Build) throws {
    try connection.execute("DROP SCHEMA IF EXISTS \(PostgresConnection.quoted(identifier: build.schema)) CASCADE")
    var parameters = PostgresParameters()
    parameters.int32(build.id)
    _ = try connection.query(sql: "DELETE FROM daybook_read.builds WHERE id = $1", parameters)
  }
}

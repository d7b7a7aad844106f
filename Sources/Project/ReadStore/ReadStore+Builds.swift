package import Events
import Postgres
package import ProjectionKit
import Runtime

extension ReadStore {
  /// All builds of all projections, by id.
  package func builds() throws -> [Build] {
    let rows = try connection.query(Self.selectBuilds)
    return try (0..<rows.rowCount).map { row in
      let (high, low) = try rows.uuid(row, 5)
      return Build(
        id: try rows.int32(row, 0), projection: try rows.text(row, 1), version: Int(try rows.int32(row, 2)),
        schema: try rows.text(row, 3), isActive: try rows.bool(row, 4),
        store: StoreIdentity(
          idHigh: high, idLow: low, generation: try rows.int32(row, 6), shards: Int(try rows.int32(row, 7))))
    }
  }

  private static let selectBuilds = PostgresStatement(
    "select_builds",
    """
    SELECT id, projection, version, schema, active, store_id, generation, shards FROM daybook_read.builds ORDER BY id
    """)

  /// The builds of this version of the projection; makes the first one, with its tables, when there is none. The first
  /// build of a projection is active at once. Two projectors that start together make one build: the second waits for
  /// the first and finds its.
  /// - Throws: `ReadStoreError.otherStore` when there are builds of events of another store or generation.
  package func ensureBuild(of projection: any Projection, store: StoreIdentity) throws -> [Build] {
    let known = try matching(projection, store)
    if !known.isEmpty { return known }
    return try within("BEGIN; SET LOCAL synchronous_commit = on") {
      // Until the end of the transaction; leases use build ids, which are positive, as their first key.
      _ = try connection.query(sql: "SELECT pg_advisory_xact_lock(-1, 0)")
      if try matching(projection, store).isEmpty { try makeBuild(projection, store) }
      return try matching(projection, store)
    }
  }

  private func matching(_ projection: any Projection, _ store: StoreIdentity) throws -> [Build] {
    let builds = try builds().filter { $0.projection == projection.name && $0.version == projection.version }
    if let other = builds.first(where: { $0.store != store }) {
      throw ReadStoreError.otherStore(build: other.schema, expected: other.store, actual: store)
    }
    return builds
  }

  private func makeBuild(_ projection: any Projection, _ store: StoreIdentity) throws {
    var parameters = PostgresParameters()
    parameters.text(projection.name)
    parameters.int32(Int32(projection.version))
    parameters.uuid(store.idHigh, store.idLow)
    parameters.int32(store.generation)
    parameters.int32(Int32(store.shards))
    parameters.int64(WallClock.now)
    let row = try connection.query(
      sql: """
        INSERT INTO daybook_read.builds (projection, version, active, store_id, generation, shards, created_at)
        SELECT $1, $2, NOT EXISTS (SELECT FROM daybook_read.builds WHERE projection = $1 AND active), $3, $4, $5, $6
        RETURNING id, schema
        """, parameters)
    let (id, schema) = (try row.int32(0, 0), try row.text(0, 1))
    var build = PostgresParameters()
    build.int32(id)
    _ = try connection.query(sql: "SELECT daybook_read.create_schema($1)", build)
    try connection.execute(projection.schema(in: schema))
    try connection.execute(
      "GRANT USAGE ON SCHEMA \(schema) TO daybook_query; GRANT SELECT ON ALL TABLES IN SCHEMA \(schema) TO daybook_query"
    )
    var progress = PostgresParameters()
    progress.int32(id)
    progress.int32(Int32(store.shards))
    progress.bytes(EventHash.beforeFirst)
    progress.int64(WallClock.now)
    _ = try connection.query(
      sql: """
        INSERT INTO daybook_read.progress (build, shard, position, hash, epoch, updated_at)
        SELECT $1, shard, 0, $3, 0, $4 FROM generate_series(0, $2 - 1) AS shard
        """, progress)
  }
}

extension Projection {
  /// The schema's SQL with the build's schema in place.
  fileprivate func schema(in name: String) -> String {
    var text = ""
    var rest = Substring(String(decoding: schema, as: UTF8.self))
    let mark = "{{schema}}"
    while let place = rest.firstRange(of: mark) {
      text += rest[..<place.lowerBound] + name
      rest = rest[place.upperBound...]
    }
    return text + rest
  }
}

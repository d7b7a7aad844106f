import Events
import Postgres

/// The builds that the read store knows, with their progress: one statement, so all from one snapshot.
enum BuildList {
  /// The builds that queries read.
  static let active = PostgresStatement("active_builds", text(where: "WHERE b.active"))
  static let all = PostgresStatement("all_builds", text(where: ""))

  private static func text(where filter: String) -> String {
    """
    SELECT b.id, b.projection, b.version, b.schema, b.active, b.store_id, b.generation, b.shards,
      p.shard, p.position, p.updated_at, p.problem
    FROM daybook_read.builds b LEFT JOIN daybook_read.progress p ON p.build = b.id
    \(filter) ORDER BY b.id, p.shard
    """
  }

  static func read(_ rows: PostgresResult) throws(PostgresError) -> [Build] {
    var builds: [Build] = []
    for row in 0..<rows.rowCount {
      if try rows.int32(row, 0) != builds.last?.id { builds.append(try build(rows, row)) }
      guard !rows.isNull(row, 8) else { continue }
      let shard = Int(try rows.int32(row, 8))
      let last = builds.count - 1
      guard builds[last].positions.indices.contains(shard) else { continue }
      builds[last].positions[shard] = try rows.int64(row, 9)
      if !rows.isNull(row, 11) { builds[last].problems[shard] = try rows.text(row, 11) }
      let updatedAt = try rows.int64(row, 10)
      builds[last].updatedAt = max(builds[last].updatedAt ?? .min, updatedAt)
    }
    return builds
  }

  private static func build(_ rows: PostgresResult, _ row: Int) throws(PostgresError) -> Build {
    let shards = Int(try rows.int32(row, 7))
    guard (1...StoreIdentity.shardsLimit).contains(shards) else {
      throw PostgresError("read the builds", message: "a build of \(shards) shards")
    }
    let (high, low) = try rows.uuid(row, 5)
    return Build(
      id: try rows.int32(row, 0), projection: try rows.text(row, 1), version: try rows.int32(row, 2),
      schema: try rows.text(row, 3), isActive: try rows.bool(row, 4),
      store: StoreIdentity(
        idHigh: high, idLow: low, generation: try rows.int32(row, 6), shards: shards),
      positions: Array(repeating: 0, count: shards), updatedAt: nil)
  }
}

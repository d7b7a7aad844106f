import Catalogue
import Events
import Postgres
import ProjectionKit
import ReadStore
import TestSupport

/// One build of the catalogue in a database of its own, driven as the engine drives it.
final class CatalogueScene {
  static let shards = 8

  let database: TestDatabase
  let build: Build
  private let store: ReadStore
  private(set) var fold: any ProjectionFold
  private var progress: [Int: ShardProgress] = [:]
  private let connection: PostgresConnection

  init() throws {
    database = try TestDatabase.make()
    store = try ReadStore(database.address("daybook_projector"), application: "tests")
    connection = try database.connect("daybook_query")
    let identity = try TestLog(database.address()).identity()
    guard let build = try store.ensureBuild(of: Catalogue(), store: identity).first else {
      preconditionFailure("BUG: no build")
    }
    self.build = build
    fold = Catalogue().makeFold(schema: build.schema, shards: Self.shards)
    for shard in 0..<Self.shards {
      progress[shard] = try store.take(BuildShard(build: build.id, shard: shard)) { _, _ in }
    }
  }

  func apply(shard: Int, from index: Int64 = 0, _ keys: [SeriesKey]) throws {
    try apply(shard: shard, .seriesRegistered(Self.entries(shard: shard, from: index, keys)))
  }

  func describe(
    shard: Int = 0, _ name: String, unit: AttributeChange<String> = .kept,
    description: AttributeChange<String> = .kept, kind: AttributeChange<MetricKind> = .kept
  ) throws {
    let described = try MetricDescribed(
      metric: SeriesKey(name: name), unit: unit, description: description, kind: kind)
    try apply(shard: shard, .metricDescribed(described))
  }

  func apply(shard: Int, _ content: DecodedEvent.Content) throws {
    try fold.apply(DecodedEvent(shard: shard, position: 1, recordedAt: 0, hash: [], content: content))
  }

  static func entries(shard: Int, from index: Int64, _ keys: [SeriesKey]) -> [SeriesRegistered.Entry] {
    keys.enumerated().map {
      SeriesRegistered.Entry(
        id: SeriesID(index: index + Int64($0), shard: shard, shards: shards), fingerprintHigh: 0, fingerprintLow: 0,
        key: $1)
    }
  }

  func flush() throws {
    var fence = Fence()
    for (shard, progress) in progress { fence.add(BuildShard(build: build.id, shard: shard), at: progress) }
    try store.write(fence, at: 1, notify: false) { try fold.flush($0) }
    fold.flushCommitted()
  }

  func query(_ sql: String) throws -> PostgresResult {
    try connection.execute("SET search_path = \(build.schema)")
    return try connection.query(sql: sql)
  }

  /// All rows of a table as text, sorted by it.
  func dump(_ table: String) throws -> [String] {
    let rows = try query("SELECT t::text FROM \(table) t ORDER BY t::text COLLATE \"C\"")
    return try (0..<rows.rowCount).map { try rows.text($0, 0) }
  }
}

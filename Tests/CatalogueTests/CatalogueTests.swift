import Catalogue
import Events
import Postgres
import ProjectionKit
import ReadModels
import ReadStore
import Runtime
import TestSupport
import Testing

@Suite struct CatalogueTests {
  private final class Scene {
    let database: TestDatabase
    let store: ReadStore
    let build: Build
    let fold: any ProjectionFold
    var progress: [Int: ShardProgress] = [:]
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
      fold = Catalogue().makeFold(schema: build.schema, shards: 8)
      for shard in 0..<8 { progress[shard] = try store.take(BuildShard(build: build.id, shard: shard)) { _, _ in } }
    }

    func apply(shard: Int, from index: Int64 = 0, _ keys: [SeriesKey]) throws {
      let entries = keys.enumerated().map {
        SeriesRegistered.Entry(
          id: SeriesID(index: index + Int64($0), shard: shard, shards: 8), fingerprintHigh: 0, fingerprintLow: 0,
          key: $1)
      }
      try fold.apply(
        DecodedEvent(shard: shard, position: 1, recordedAt: 0, hash: [], content: .seriesRegistered(entries)))
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
  }

  @Test func seriesAreFoundByNameAndLabels() throws {
    let scene = try Scene()
    try scene.apply(
      shard: 1, [try SeriesKey(name: "cpu", labels: [("host", "a"), ("core", "1")]), try SeriesKey(name: "up")])
    try scene.apply(shard: 2, [try SeriesKey(name: "cpu", labels: [("host", "b"), ("core", "1")])])
    try scene.flush()
    let found = try scene.query("SELECT id FROM series WHERE name = 'cpu' AND labels @> '{\"host\": \"b\"}'")
    #expect(found.rowCount == 1)
    #expect(try found.int64(0, 0) == 2)
    let both = try scene.query("SELECT id FROM series WHERE name = 'cpu' AND labels @> '{\"core\": \"1\"}' ORDER BY id")
    #expect(both.rowCount == 2)
    let bare = try scene.query("SELECT labels::text FROM series WHERE name = 'up'")
    #expect(try bare.text(0, 0) == "{}")
  }

  @Test func metricsCountTheirSeriesOverFlushesAndShards() throws {
    let scene = try Scene()
    for round in 0..<3 {
      for shard in 0..<8 {
        let keys = try (0..<4).map { try SeriesKey(name: "m\($0 % 2)", labels: [("n", "\(round).\(shard).\($0)")]) }
        try scene.apply(shard: shard, from: Int64(round * 4), keys)
      }
      try scene.flush()
    }
    let rows = try scene.query("SELECT name, series, unit, description, kind FROM metrics ORDER BY name")
    #expect(rows.rowCount == 2)
    for row in 0..<rows.rowCount {
      #expect(try rows.text(row, 0) == "m\(row)")
      #expect(try rows.int64(row, 1) == 48)
      #expect((2..<5).allSatisfy { rows.isNull(row, $0) })
    }
  }

  @Test func everyTextThatALabelMayHaveComesBack() throws {
    let scene = try Scene()
    let texts = [
      "\"", "\\", "\n\t\u{1}\u{1f}", "ä€😀", "{}", "e\u{301}", "\u{7f}\u{80}", String(repeating: "x", count: 1_024),
    ]
    try scene.apply(shard: 0, try texts.map { try SeriesKey(name: "cpu", labels: [("value", $0)]) })
    try scene.flush()
    let rows = try scene.query("SELECT labels->>'value' FROM series ORDER BY id")
    #expect(try (0..<rows.rowCount).map { Array(try rows.text($0, 0).utf8) } == texts.map { Array($0.utf8) })
  }

  @Test func namesThatOnlyLookEqualAreDifferentMetrics() throws {
    let scene = try Scene()
    try scene.apply(shard: 0, [try SeriesKey(name: "caf\u{e9}"), try SeriesKey(name: "cafe\u{301}")])
    try scene.flush()
    #expect(try scene.query("SELECT name FROM metrics").rowCount == 2)
  }

  @Test func aForgottenShardWritesNothing() throws {
    let scene = try Scene()
    try scene.apply(shard: 0, [try SeriesKey(name: "a")])
    try scene.apply(shard: 1, [try SeriesKey(name: "b")])
    scene.fold.forget(shard: 0)
    try scene.flush()
    let rows = try scene.query("SELECT name FROM series")
    #expect(rows.rowCount == 1)
    #expect(try rows.text(0, 0) == "b")
  }

  @Test func aHundredThousandSeriesAreWrittenInSeconds() throws {
    let scene = try Scene()
    let started = MonotonicClock.now
    for part in 0..<25 {
      let keys = try (0..<4_000).map {
        try SeriesKey(name: "cpu_\($0 % 10)", labels: [("host", "host_\(part)_\($0)"), ("region", "eu-west-1")])
      }
      try scene.apply(shard: part % 8, from: Int64(part / 8 * 4_000), keys)
    }
    try scene.flush()
    #expect(try scene.query("SELECT count(*) FROM series").int64(0, 0) == 100_000)
    #expect(MonotonicClock.now - started < 30_000_000_000)
  }
}

import Events
import Postgres
import ProjectionKit
import Runtime
import Testing

@Suite struct CatalogueTests {
  @Test func seriesAreFoundByNameAndLabels() throws {
    let scene = try CatalogueScene()
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
    let scene = try CatalogueScene()
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
    let scene = try CatalogueScene()
    let texts = [
      "\"", "\\", "\n\t\u{1}\u{1f}", "ä€😀", "{}", "e\u{301}", "\u{7f}\u{80}", String(repeating: "x", count: 1_024),
    ]
    try scene.apply(shard: 0, try texts.map { try SeriesKey(name: "cpu", labels: [("value", $0)]) })
    try scene.flush()
    let rows = try scene.query("SELECT labels->>'value' FROM series ORDER BY id")
    #expect(try (0..<rows.rowCount).map { Array(try rows.text($0, 0).utf8) } == texts.map { Array($0.utf8) })
  }

  @Test func namesThatOnlyLookEqualAreDifferentMetrics() throws {
    let scene = try CatalogueScene()
    try scene.apply(shard: 0, [try SeriesKey(name: "caf\u{e9}"), try SeriesKey(name: "cafe\u{301}")])
    try scene.flush()
    #expect(try scene.query("SELECT name FROM metrics").rowCount == 2)
  }

  @Test func aForgottenShardWritesNothing() throws {
    let scene = try CatalogueScene()
    try scene.apply(shard: 0, [try SeriesKey(name: "a")])
    try scene.apply(shard: 1, [try SeriesKey(name: "b")])
    scene.fold.forget(shard: 0)
    try scene.flush()
    let rows = try scene.query("SELECT name FROM series")
    #expect(rows.rowCount == 1)
    #expect(try rows.text(0, 0) == "b")
  }

  @Test func aHundredThousandSeriesAreWrittenInSeconds() throws {
    let scene = try CatalogueScene()
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

import Catalogue
import Events
import Postgres
import ProjectionKit
import ReadStore
import Runtime
import TestSupport
import Testing

/// What was said of metrics, in the catalogue.
@Suite struct DescriptionTests {
  @Test func aMetricIsDescribedBeforeItHasASeriesAndAfter() throws {
    let scene = try CatalogueScene()
    try scene.describe("cpu", unit: .set("%"), kind: .set(.gauge))
    try scene.flush()
    #expect(try scene.dump("metrics") == ["(cpu,0,%,,gauge)"])
    try scene.apply(shard: 1, [try SeriesKey(name: "cpu"), try SeriesKey(name: "up")])
    try scene.flush()
    try scene.describe("up", description: .set("whether it runs"), kind: .set(.counter))
    try scene.flush()
    #expect(try scene.dump("metrics") == ["(cpu,1,%,,gauge)", "(up,1,,\"whether it runs\",counter)"])
  }

  @Test func whatIsNotNamedStaysAndWhatIsClearedIsUnknown() throws {
    let scene = try CatalogueScene()
    for isOneFlush in [true, false] {
      try scene.describe("m", unit: .set("s"), description: .set("d"), kind: .set(.gauge))
      if !isOneFlush { try scene.flush() }
      try scene.describe("m", unit: .cleared, kind: .set(.counter))
      if !isOneFlush { try scene.flush() }
      try scene.describe("m", description: .set("e"))
      try scene.flush()
      let rows = try scene.query("SELECT unit, description, kind FROM metrics")
      #expect(rows.rowCount == 1)
      #expect(rows.isNull(0, 0))
      #expect(try rows.text(0, 1) == "e")
      #expect(try rows.text(0, 2) == "counter")
    }
    try scene.describe("m", description: .cleared, kind: .cleared)
    try scene.flush()
    let rows = try scene.query("SELECT unit, description, kind FROM metrics")
    #expect((0..<3).allSatisfy { rows.isNull(0, $0) })
  }

  @Test func namesThatOnlyLookEqualAreDescribedApart() throws {
    let scene = try CatalogueScene()
    try scene.describe("caf\u{e9}", unit: .set("1"))
    try scene.describe("cafe\u{301}", unit: .set("2"))
    try scene.flush()
    let rows = try scene.query("SELECT unit FROM metrics ORDER BY unit")
    #expect(try (0..<rows.rowCount).map { try rows.text($0, 0) } == ["1", "2"])
  }

  @Test func aForgottenShardDescribesNothing() throws {
    let scene = try CatalogueScene()
    try scene.describe(shard: 0, "a", unit: .set("x"))
    try scene.describe(shard: 1, "b", unit: .set("y"))
    scene.fold.forget(shard: 0)
    try scene.flush()
    #expect(try scene.dump("metrics") == ["(b,0,y,,)"])
  }

  /// One counts series of the names that the other describes, and both the other way round.
  @Test func projectorsOfDifferentShardsNeverWaitInACircle() throws {
    let scene = try CatalogueScene()
    let (address, schema) = (scene.database.address("daybook_projector"), scene.build.schema)
    let failures = Monitor<[String]>([])
    let threads = (0..<2).map { shard in
      OwnedThread("projector") {
        do {
          let store = try ReadStore(address, application: "projector \(shard)")
          let fold = Catalogue().makeFold(schema: schema, shards: CatalogueScene.shards)
          for round in 0..<60 {
            for index in 0..<12 {
              let described = try MetricDescribed(
                metric: SeriesKey(name: "m\((index * 7 + shard * 5) % 12)"), unit: .set("\(round)"))
              try fold.apply(
                DecodedEvent(shard: shard, position: 1, recordedAt: 0, hash: [], content: .metricDescribed(described)))
            }
            let keys = try (0..<12).map {
              try SeriesKey(name: "m\((11 - $0 + shard) % 12)", labels: [("r", "\(round)")])
            }
            let entries = CatalogueScene.entries(shard: shard, from: Int64(round * 12), keys)
            try fold.apply(
              DecodedEvent(shard: shard, position: 1, recordedAt: 0, hash: [], content: .seriesRegistered(entries)))
            try store.write(Fence(), at: 1, notify: false) { try fold.flush($0) }
            fold.flushCommitted()
          }
        } catch {
          failures.withLock { $0.append("\(error)") }
        }
      }
    }
    for thread in threads { thread.join() }
    #expect(failures.withLock { $0 } == [])
    #expect(try scene.query("SELECT sum(series)::bigint FROM metrics").int64(0, 0) == 2 * 60 * 12)
  }
}

import EventFeed
import ProjectionEngine
import ProjectionKit
import ReadStore
import Runtime
import Synchronization
import TestSupport
import Testing

/// Shards that go from one engine to another while both run.
@Suite struct ClaimTests {
  private func start(
    _ scene: EngineScene, _ table: ClaimTable, _ name: String, _ projections: [any Projection],
    leaseInterval: Duration = .milliseconds(20)
  ) -> ProjectionEngine {
    var settings = scene.settings(projections, application: name)
    settings.openClaims = { changed in table.join(name, changed) }
    settings.leaseInterval = leaseInterval
    return scene.start(settings)
  }

  private func expectClean(_ scene: EngineScene, _ table: ClaimTable, _ schemas: [String]) throws {
    for schema in schemas {
      #expect(try scene.faults(schema) == 0)
      #expect(try scene.rows(schema) == (try scene.events()))
    }
    #expect(try scene.staleProgress() == 0)
    // Each time a shard was taken raised its epoch, and nothing else did.
    for (key, count) in table.taken {
      let epoch = try scene.number(
        "SELECT epoch FROM daybook_read.progress WHERE build = \(key.build) AND shard = \(key.shard)")
      #expect(epoch == count, "\(key)")
    }
  }

  @Test func underLoadShardsMoveBetweenEnginesAndNothingIsLostOrDoubled() throws {
    let scene = try EngineScene()
    let names = ["first", "second", "third"]
    let table = ClaimTable(shards: 8, owner: "first")
    let engines = names.map {
      start(scene, table, $0, [JournalProjection(demand: .betweenFlushes), JournalProjection(name: "other")])
    }
    try waitUntil("all run") { engines.allSatisfy { $0.status().state == .running } }
    let isDone = Atomic(false)
    let (address, seed) = (scene.address("daybook_owner"), SeededRandom().seed)
    try withExtendedLifetime(scene) {
      let written = Mutex<String?>(nil)
      let writer = OwnedThread("writer") {
        var random = SeededRandom(seed: seed)
        do {
          let log = try TestLog(address)
          while !isDone.load(ordering: .relaxed) {
            try log.recordMany(
              shard: .random(in: 0..<8, using: &random), count: .random(in: 1...20, using: &random))
            MonotonicClock.sleep(for: .milliseconds(2))
          }
        } catch {
          written.withLock { $0 = "\(error)" }
        }
      }
      defer {
        isDone.store(true, ordering: .relaxed)
        writer.join()
        #expect(written.withLock { $0 } == nil)
      }
      var random = SeededRandom(seed: seed &+ 1)
      for _ in 0..<30 {
        try table.unsettle()
        let moved = (0..<8).filter { _ in Int.random(in: 0..<3, using: &random) == 0 }
        table.settle { owners in
          for shard in moved { owners[shard] = names[Int.random(in: 0..<3, using: &random)] }
        }
        let before = try scene.rows()
        try waitUntil("it goes on") { try scene.rows() > before }
      }
    }
    for schema in ["journal_b1", "other_b2"] { try scene.waitUntilProjected(schema) }
    // Who loses all stands by.
    try table.unsettle()
    table.settle { owners in for shard in 0..<8 { owners[shard] = "third" } }
    for shard in 0..<8 { try scene.log.recordMany(shard: shard, count: 5) }
    try waitUntil("the third has all") {
      engines.map { $0.status().builds.map(\.shards.count) } == [[0, 0], [0, 0], [8, 8]]
    }
    for schema in ["journal_b1", "other_b2"] { try scene.waitUntilProjected(schema) }
    #expect(engines.allSatisfy { $0.status().state == .running })
    try expectClean(scene, table, ["journal_b1", "other_b2"])
    // Nobody ran into a fence: no session ended.
    #expect(table.sessions == 3)
  }

  @Test func nothingIsWrittenWhileItIsUnsettledWhoHasWhat() throws {
    let scene = try EngineScene()
    let table = ClaimTable(shards: 8, owner: "only")
    let projection = JournalProjection(demand: .whenQuiet)
    var settings = scene.settings([projection], application: "only")
    settings.openClaims = { changed in table.join("only", changed) }
    settings.leaseInterval = .milliseconds(20)
    settings.maintenanceInterval = .milliseconds(1)
    let engine = scene.start(settings)
    try waitUntil("it has all shards") { engine.status().builds.first?.shards.count == 8 }
    try table.unsettle()
    let before = projection.witness.now
    for shard in 0..<8 { try scene.log.recordMany(shard: shard, count: 5) }
    let pauses = table.pauses("only")
    try waitUntil("it has asked many times") { table.pauses("only") > pauses + 20 }
    #expect(projection.witness.now.flushes == before.flushes)
    #expect(projection.witness.now.folds == before.folds)
    #expect(projection.witness.now.maintained == before.maintained)
    #expect(try scene.rows() == 0)
    #expect(engine.status().state == .running)
    #expect(engine.status().silence < .seconds(2))
    table.settle()
    try scene.waitUntilProjected()
    try expectClean(scene, table, ["journal_b1"])
    #expect(table.sessions == 1)
  }

  @Test func claimsAreLookedAtWhenTheyChange() throws {
    let scene = try EngineScene()
    let table = ClaimTable(shards: 8, owner: "first")
    // Nothing looks at them by itself.
    for name in ["first", "second"] {
      _ = start(scene, table, name, [JournalProjection()], leaseInterval: .seconds(3_600))
    }
    try waitUntil("both have begun") { table.sessions == 2 && table.taken.values.reduce(0, +) == 8 }
    for (round, owner) in ["second", "first", "second"].enumerated() {
      for shard in 0..<8 { try scene.log.recordMany(shard: shard, count: 5) }
      try scene.waitUntilProjected()
      try table.unsettle()
      table.settle { owners in for shard in 0..<8 { owners[shard] = owner } }
      try waitUntil("\(owner) has all") { table.taken.values.allSatisfy { $0 == round + 2 } }
    }
    for shard in 0..<8 { try scene.log.recordMany(shard: shard, count: 5) }
    try scene.waitUntilProjected()
    try expectClean(scene, table, ["journal_b1"])
    #expect(table.sessions == 2)
  }

  @Test func offsetsAreWrittenKeptOverEventsWithoutReadBackAndTold() throws {
    let scene = try EngineScene()
    let table = ClaimTable(shards: 8, owner: "only")
    let (address, rules) = (scene.address("daybook_feed"), ChangedFeed.Rules())
    var settings = scene.settings([JournalProjection(), JournalProjection(name: "other")], application: "only")
    settings.openClaims = { changed in table.join("only", changed) }
    settings.openFeed = { () throws(FeedError) in try ChangedFeed(address, rules) }
    let first = scene.start(settings)
    // Every second event has an offset.
    for shard in 0..<4 { try scene.log.recordMany(shard: shard, count: 4 + shard) }
    try scene.waitUntilProjected()
    try scene.log.recordMany(shard: 0, count: 1)
    try scene.waitUntilProjected()
    func offset(_ shard: Int) throws -> Int64 {
      try scene.number("SELECT coalesce(max(kafka_offset), -1) FROM daybook_read.progress WHERE shard = \(shard)")
    }
    #expect(try (0..<5).map(offset) == [40, 40, 60, 60, -1])
    #expect(try scene.number("SELECT count(DISTINCT kafka_offset) FROM daybook_read.progress WHERE shard < 4") == 2)
    try waitUntil("the claims were told") { table.offsets("only") == [0: 40, 1: 40, 2: 60, 3: 60] }
    scene.stop(first)
    rules.change { $0.begun = [] }
    _ = scene.start(settings)
    // Before it has taken shards it begins with none.
    try waitUntil("it begins") { rules.now.begun.contains { !$0.isEmpty } }
    let begun = try #require(rules.now.begun.first { !$0.isEmpty })
    #expect(begun.map(\.position) == [5, 5, 6, 7, 0, 0, 0, 0])
    #expect(begun.map(\.offset) == [40, 40, 60, 60, nil, nil, nil, nil])
    // A shard that moves on without an offset keeps what it had.
    try scene.log.recordMany(shard: 2, count: 1)
    try scene.waitUntilProjected()
    #expect(try offset(2) == 60)
  }
}

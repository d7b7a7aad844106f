import EventFeed
import Events
import Postgres
import ProjectionEngine
import ProjectionKit
import ReadStore
import Runtime
import TestSupport
import Testing

@Suite struct ProjectionEngineTests {
  private func expectClean(_ scene: EngineScene, _ schema: String = "journal_b1") throws {
    #expect(try scene.faults(schema) == 0)
    #expect(try scene.rows(schema) == (try scene.events()))
    #expect(try scene.staleProgress() == 0)
  }

  @Test func eachEventIsAppliedOnceAndInOrder() throws {
    let scene = try EngineScene()
    for shard in 0..<8 { try scene.log.recordMany(shard: shard, count: 200) }
    let engine = scene.start(scene.settings([JournalProjection()]))
    try scene.waitUntilProjected()
    for round in 0..<20 { try scene.log.recordMany(shard: round % 8, count: 3) }
    try scene.waitUntilProjected()
    try expectClean(scene)
    try waitUntil("the status") {
      engine.status().builds.first?.shards.count == 8 && engine.status().builds[0].lag == 0
    }
    #expect(engine.status().state == .running)
    scene.stop(engine)
    #expect(engine.status().state == .stopped)
  }

  @Test func theLagGrowsWhileRowsCannotBeWrittenAndIsGoneAfterwards() throws {
    let scene = try EngineScene()
    let engine = scene.start(scene.settings([JournalProjection()]))
    try scene.log.recordMany(shard: 0, count: 1)
    try scene.waitUntilProjected()
    try waitUntil("no lag") { engine.status().lagSeconds == 0 && engine.status().builds.first?.lag == 0 }
    try scene.execute("BEGIN")
    _ = try scene.number("SELECT count(*) FROM (SELECT 1 FROM daybook_read.progress FOR UPDATE) AS locked")
    let other = try TestLog(scene.address("daybook_owner"))
    try other.recordMany(shard: 0, count: 5)
    // Nothing more comes, and the engine's thread is in a statement: only the clock makes it older.
    try waitUntil("the age of what waits") { engine.status().lagSeconds > 0.3 }
    #expect(engine.status().builds.first?.lag == 5)
    try scene.execute("ROLLBACK")
    try scene.waitUntilProjected()
    try waitUntil("no lag again") { engine.status().lagSeconds == 0 && engine.status().builds.first?.lag == 0 }
    #expect(engine.status().silence < .seconds(2))
  }

  @Test func aRestartGoesOnWhereItStoppedWithItsMemoryReadBack() throws {
    let scene = try EngineScene()
    for _ in 0..<4 {
      let engine = scene.start(scene.settings([JournalProjection()]))
      for shard in 0..<8 { try scene.log.recordMany(shard: shard, count: 25) }
      try scene.waitUntilProjected()
      scene.stop(engine)
    }
    try expectClean(scene)
    #expect(try scene.number("SELECT min(epoch) FROM daybook_read.progress") == 4)
  }

  @Test func twoProjectionsStandAtEqualProgressInEveryCommit() throws {
    let scene = try EngineScene()
    _ = scene.start(scene.settings([JournalProjection(), JournalProjection(name: "second")]))
    let reader = try PostgresConnection(scene.address("daybook_query"), application: "tests")
    for round in 0..<50 {
      try scene.log.recordMany(shard: round % 8, count: 2)
      let rows = try reader.query(
        sql: """
          SELECT count(*) FROM daybook_read.progress a JOIN daybook_read.progress b ON a.shard = b.shard
          WHERE a.build = 1 AND b.build = 2 AND a.position <> b.position
          """)
      #expect(try rows.int64(0, 0) == 0)
    }
    try scene.waitUntilProjected()
    try scene.waitUntilProjected("second_b2")
    try expectClean(scene)
    try expectClean(scene, "second_b2")
  }

  @Test func duplicatesAreSkippedAndHolesAreHealed() throws {
    let scene = try EngineScene()
    let (address, seed) = (scene.address("daybook_feed"), SeededRandom().seed)
    var settings = scene.settings([JournalProjection()])
    settings.openFeed = { () throws(FeedError) in try ManglingFeed(address, seed: seed) }
    _ = scene.start(settings)
    for round in 0..<40 { try scene.log.recordMany(shard: round % 8, count: 20) }
    try scene.waitUntilProjected()
    try expectClean(scene)
  }

  @Test func aNewBuildCatchesUpBesideOneThatIsAhead() throws {
    let scene = try EngineScene()
    for shard in 0..<8 { try scene.log.recordMany(shard: shard, count: 50) }
    let engine = scene.start(scene.settings([JournalProjection()]))
    try scene.waitUntilProjected()
    scene.stop(engine)
    _ = scene.start(scene.settings([JournalProjection(), JournalProjection(name: "late")]))
    for shard in 0..<8 { try scene.log.recordMany(shard: shard, count: 5) }
    try scene.waitUntilProjected("late_b2")
    try scene.waitUntilProjected()
    try expectClean(scene)
    try expectClean(scene, "late_b2")
  }

  @Test func oneOfTwoEnginesProjectsAndTheOtherTakesOverAtOnce() throws {
    let scene = try EngineScene()
    let first = scene.start(scene.settings([JournalProjection()], application: "first"))
    try waitUntil("the first has all shards") { first.status().builds.first?.shards.count == 8 }
    let second = scene.start(scene.settings([JournalProjection()], application: "second"))
    try waitUntil("the second stands by") { second.status().state == .running }
    for shard in 0..<8 { try scene.log.recordMany(shard: shard, count: 10) }
    try scene.waitUntilProjected()
    #expect(second.status().builds.first?.shards.isEmpty == true)
    scene.stop(first)
    for shard in 0..<8 { try scene.log.recordMany(shard: shard, count: 10) }
    try scene.waitUntilProjected(deadline: .seconds(5))
    try waitUntil("the second has all shards") { second.status().builds.first?.shards.count == 8 }
    try expectClean(scene)
  }

  /// Not only one connection: leases, rows and feed are cut at random moments, so that shards go to and fro.
  @Test func connectionsCutAtRandomMomentsLoseAndDoubleNothing() throws {
    let scene = try EngineScene()
    var random = SeededRandom()
    let names = ["first", "second"]
    for name in names { _ = scene.start(scene.settings([JournalProjection(demand: .whenQuiet)], application: name)) }
    let victims = names.flatMap { [$0, "\($0) leases"] } + ["daybook projector feed"]
    for _ in 0..<40 {
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        try scene.log.recordMany(shard: .random(in: 0..<8, using: &random), count: .random(in: 1...30, using: &random))
      }
      if Int.random(in: 0..<3, using: &random) == 0 {
        try scene.cut(victims[Int.random(in: 0..<victims.count, using: &random)])
      }
      MonotonicClock.sleep(for: .milliseconds(Int.random(in: 0...40, using: &random)))
    }
    try scene.waitUntilProjected()
    try expectClean(scene)
  }

  @Test func aProjectorThatLostAShardAndGotItBackWritesNothingStale() throws {
    let scene = try EngineScene()
    _ = scene.start(scene.settings([JournalProjection(demand: .whenQuiet)]))
    for round in 0..<10 {
      try scene.log.recordMany(shard: round % 8, count: 5)
      // Another one takes a shard and gives it back, without the lease: only the epoch tells.
      try scene.execute("UPDATE daybook_read.progress SET epoch = epoch + 1 WHERE shard = \(round % 8)")
      try scene.log.recordMany(shard: round % 8, count: 5)
      try scene.waitUntilProjected()
    }
    // Each time it let go of everything, and took it again.
    #expect(try scene.number("SELECT min(epoch) FROM daybook_read.progress") > 10)
    try expectClean(scene)
  }

  @Test func aPoisonedEventStopsItsBuildAndNoOther() throws {
    let scene = try EngineScene()
    let engine = scene.start(
      scene.settings([JournalProjection(name: "poisoned", poison: 7), JournalProjection(name: "healthy")]))
    for shard in 0..<8 { try scene.log.recordMany(shard: shard, count: 20) }
    try scene.waitUntilProjected("healthy_b2")
    try waitUntil("the status names the stopped build") {
      engine.status().builds.contains { $0.projection == "poisoned" && $0.stopped != nil && $0.shards.isEmpty }
    }
    let reason = engine.status().builds.first { $0.projection == "poisoned" }?.stopped
    #expect(reason?.contains("event 7 of shard 0") == true)
    #expect(engine.status().builds.first { $0.projection == "healthy" }?.stopped == nil)
    #expect(try scene.faults("healthy_b2") == 0)
    #expect(try scene.number("SELECT count(*) FROM poisoned_b1.arrived WHERE shard = 0 AND position >= 7") == 0)
  }

  @Test func aStoreThatWasRestoredUnderItStopsTheShard() throws {
    let scene = try EngineScene()
    for shard in 0..<8 { try scene.log.recordMany(shard: shard, count: 10) }
    let first = scene.start(scene.settings([JournalProjection()]))
    try scene.waitUntilProjected()
    scene.stop(first)
    // As a backup from before the last three events of shard 4, and other events since.
    try scene.execute(
      """
      DELETE FROM daybook_events.events WHERE shard = 4 AND position > 7;
      UPDATE daybook_events.shards SET position = 7,
        hash = (SELECT hash FROM daybook_events.events WHERE shard = 4 AND position = 7) WHERE shard = 4
      """)
    try scene.log.recordMany(shard: 4, count: 20, time: 1_000)
    let second = scene.start(scene.settings([JournalProjection()]))
    try waitUntil("the shard is stopped") { !second.status().stoppedShards.isEmpty }
    let fault = try #require(second.status().stoppedShards.first)
    #expect((fault.shard, fault.position) == (4, 11))
    #expect(fault.reason.contains("restored or changed"))
    #expect(fault.remedy.contains("daybook migrate --restored"))
    #expect(second.status().builds.first?.stopped == nil)
    #expect(try scene.rows() == 80)
  }

  @Test func eventsOfAnotherGenerationAreRefusedWithAClearReason() throws {
    let scene = try EngineScene()
    try scene.log.recordMany(shard: 0, count: 1)
    let first = scene.start(scene.settings([JournalProjection()]))
    try scene.waitUntilProjected()
    scene.stop(first)
    try scene.execute("UPDATE daybook_events.store SET generation = 2")
    let second = scene.start(scene.settings([JournalProjection()]))
    try waitUntil("the status says why") {
      guard case .waiting(let reason) = second.status().state else { return false }
      return reason.contains("generation 1") && reason.contains("generation 2")
    }
  }

  @Test func aFoldWaitsForQuietAndHappensInSlices() throws {
    let scene = try EngineScene()
    let projection = JournalProjection(demand: .whenQuiet)
    _ = scene.start(scene.settings([projection]))
    for shard in 0..<8 { try scene.log.recordMany(shard: shard, count: 20) }
    try waitUntil("all rows are filed") { (try? scene.number("SELECT count(*) FROM journal_b1.filed")) == 160 }
    #expect(projection.witness.now.folds >= 16)
    try expectClean(scene)
  }

  @Test func aFoldAtOnceHappensBeforeMoreEventsAreApplied() throws {
    let scene = try EngineScene()
    for shard in 0..<8 { try scene.log.recordMany(shard: shard, count: 50) }
    let projection = JournalProjection(demand: .atOnce)
    var settings = scene.settings([projection])
    settings.limits = FeedLimits(events: 40, bytes: 1 << 20, samples: 1 << 20)
    _ = scene.start(settings)
    try waitUntil("all rows are filed") { (try? scene.number("SELECT count(*) FROM journal_b1.filed")) == 400 }
    // Every slice has ten rows: had events been applied before the fold was done, more than 40 would have arrived.
    #expect(projection.witness.now.folds == 40)
    #expect(projection.witness.now.largestFlush <= 40)
    try expectClean(scene)
  }

  @Test func underLoadAFoldHappensBetweenFlushes() throws {
    let scene = try EngineScene()
    for shard in 0..<8 { try scene.log.recordMany(shard: shard, count: 50) }
    let projection = JournalProjection(demand: .betweenFlushes)
    var settings = scene.settings([projection])
    settings.limits = FeedLimits(events: 8, bytes: 1 << 20, samples: 1 << 20)
    // Never quiet.
    settings.quietTime = .seconds(3_600)
    _ = scene.start(settings)
    try waitUntil("all rows are filed") { (try? scene.number("SELECT count(*) FROM journal_b1.filed")) == 400 }
    try expectClean(scene)
  }

  @Test func aBuildOfAnotherVersionStandsStillAndSaysSo() throws {
    let scene = try EngineScene()
    let first = scene.start(scene.settings([JournalProjection()]))
    try scene.log.recordMany(shard: 0, count: 5)
    try scene.waitUntilProjected()
    scene.stop(first)
    let second = scene.start(scene.settings([JournalProjection(version: 2)]))
    try scene.log.recordMany(shard: 0, count: 5)
    try scene.waitUntilProjected("journal_b2")
    #expect(try scene.rows("journal_b1") == 5)
    try waitUntil("the status") { second.status().builds.count == 2 }
    let old = second.status().builds.first { $0.version == 1 }
    #expect(old?.stopped?.contains("version 1") == true)
    #expect(old?.isActive == true)
  }

  @Test func maintenanceIsCalled() throws {
    let scene = try EngineScene()
    let projection = JournalProjection()
    var settings = scene.settings([projection])
    settings.maintenanceInterval = .milliseconds(10)
    _ = scene.start(settings)
    try waitUntil("maintenance") { projection.witness.now.maintained >= 3 }
  }

  @Test func batchesKeepTheirLimit() throws {
    let scene = try EngineScene()
    for shard in 0..<8 { try scene.log.recordMany(shard: shard, count: 100) }
    let projection = JournalProjection()
    var settings = scene.settings([projection])
    settings.limits = FeedLimits(events: 64, bytes: 1 << 20, samples: 1 << 20)
    _ = scene.start(settings)
    try scene.waitUntilProjected()
    #expect(projection.witness.now.largestFlush <= 64)
    try expectClean(scene)
  }

  @Test func aQuietSystemIsWokenByTheCommitNotByPolling() throws {
    let scene = try EngineScene()
    var settings = scene.settings([JournalProjection()])
    settings.pollInterval = .seconds(600)
    let engine = scene.start(settings)
    try waitUntil("it runs") { engine.status().builds.first?.shards.count == 8 }
    for round in 0..<20 {
      try scene.log.recordMany(shard: round % 8, count: 1)
      try scene.waitUntilProjected()
    }
  }
}

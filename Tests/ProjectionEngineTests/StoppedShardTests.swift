import EventFeed
import Events
import Probes
import ProjectionEngine
import Runtime
import TestSupport
import Testing

/// A shard that cannot be read on stands still, for all projections, until it can; the others go on.
@Suite struct StoppedShardTests {
  struct Damage: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// To rows of shard 3: 1 to 4 alone, 5 to 7 in a row, 8 to 10 alone.
    let sql: String
    let position: Int64
    let reason: String
    let remedy: String
  }

  static let damages = [
    Damage(
      testDescription: "a type that is not known", sql: "UPDATE daybook_events.events SET type = 99",
      position: 8, reason: "its type is 99", remedy: "update this program"),
    Damage(
      testDescription: "a payload cut short",
      sql: "UPDATE daybook_events.events SET payload = substr(payload, 1, octet_length(payload) - 1)",
      position: 8, reason: "", remedy: "from a backup"),
    Damage(
      testDescription: "a newer schema version", sql: "UPDATE daybook_events.events SET schema_version = 9",
      position: 8, reason: "expected schema version 1", remedy: "update this program"),
    Damage(
      testDescription: "a row that is gone", sql: "DELETE FROM daybook_events.events",
      position: 8, reason: "event 8 is missing", remedy: "from a backup"),
    Damage(
      testDescription: "a row changed behind its hash",
      sql: "UPDATE daybook_events.events SET recorded_at = recorded_at + 1",
      position: 7, reason: "the hash of event 7 does not follow", remedy: "from a backup"),
  ]

  private func settings(_ scene: EngineScene, _ rules: ChangedFeed.Rules) -> EngineSettings {
    let address = scene.address("daybook_feed")
    var settings = scene.settings([JournalProjection(), JournalProjection(name: "other")])
    settings.openFeed = { () throws(FeedError) in try ChangedFeed(address, rules) }
    settings.leaseInterval = .milliseconds(10)
    settings.retryStopped = .milliseconds(30)
    return settings
  }

  private func noted(_ scene: EngineScene, _ fault: FeedFault) throws -> Int64 {
    try scene.number(
      "SELECT count(*) FROM daybook_read.progress WHERE shard = \(fault.shard) AND problem = $$\(fault)$$")
  }

  private func problems(_ scene: EngineScene) throws -> Int64 {
    try scene.number("SELECT count(problem) FROM daybook_read.progress")
  }

  @Test(arguments: damages)
  func theShardStandsStillTheOthersGoOnAndAfterRepairItDoes(damage: Damage) throws {
    let scene = try EngineScene()
    for shard in [0, 1, 2, 4, 5, 6, 7] { try scene.log.recordMany(shard: shard, count: 10) }
    try scene.log.recordMany(shard: 3, count: 4)
    try scene.log.recordTogether(shard: 3, count: 3, time: 100)
    try scene.log.recordMany(shard: 3, count: 3, time: 200)
    try scene.execute("CREATE TABLE public.kept AS SELECT * FROM daybook_events.events WHERE shard = 3")
    try scene.execute("\(damage.sql) WHERE shard = 3 AND position = \(damage.position)")
    // Of a run that is not what it was, none can be given.
    let first = damage.position == 7 ? 5 : damage.position
    let (rules, log) = (ChangedFeed.Rules(), try LogText())
    rules.change { $0.heals = false }
    let engine = scene.start(settings(scene, rules), logger: log.logger)
    try waitUntil("the shard is stopped") { engine.status().stoppedShards.map(\.shard) == [3] }
    try waitUntil("the others are in") {
      try scene.rows() == 70 + first - 1 && scene.rows("other_b2") == 70 + first - 1
    }

    let fault = try #require(engine.status().stoppedShards.first)
    #expect(fault.position == first)
    #expect(fault.reason.contains(damage.reason))
    #expect(fault.remedy.contains(damage.remedy))
    try waitUntil("it is noted for both builds") { try noted(scene, fault) == 2 }
    #expect(try problems(scene) == 2)
    let check = EngineHealth.checks(engine.status()).first { $0.name == "shard:reading" }
    #expect(check?.status == .fail)
    #expect(check?.componentID == "3")
    #expect(check?.reason?.contains("before event \(first): \(fault.reason)") == true)
    #expect(check?.remedy?.contains(fault.remedy) == true)
    #expect(engine.status().builds.allSatisfy { $0.stopped == nil })

    let begun = rules.now.begun.count
    try waitUntil("it was tried many times") { rules.now.begun.count > begun + 6 }
    for shard in [2, 4] { try scene.log.recordMany(shard: shard, count: 5, time: 300) }
    try waitUntil("the others go on") { try scene.rows() == 80 + first - 1 }
    #expect(try scene.number("SELECT max(position) FROM daybook_read.progress WHERE shard = 3") == first - 1)
    #expect(try noted(scene, fault) == 2)

    try scene.execute(
      """
      DELETE FROM daybook_events.events WHERE shard = 3; INSERT INTO daybook_events.events SELECT * FROM public.kept
      """)
    for schema in ["journal_b1", "other_b2"] {
      try scene.waitUntilProjected(schema)
      #expect(try scene.faults(schema) == 0)
    }
    #expect(try scene.staleProgress() == 0)
    try waitUntil("it is said") { try engine.status().stoppedShards.isEmpty && log.lines("shard goes on").count == 1 }
    #expect(try problems(scene) == 0)
    // Said once, however often it was tried; and all in one session.
    #expect(try log.lines("\"shard stopped\"").count == 1)
    #expect(try log.lines("level=error").first?.contains("position=\(first)") == true)
    #expect(try scene.number("SELECT max(epoch) FROM daybook_read.progress") == 1)
  }

  @Test func aStoppedShardIsLeftAloneAndItsLagIsTold() throws {
    let scene = try EngineScene()
    for shard in 0..<8 { try scene.log.recordMany(shard: shard, count: 3) }
    try scene.execute("UPDATE daybook_events.events SET type = 99 WHERE shard = 1 AND position = 2")
    let rules = ChangedFeed.Rules()
    var settings = settings(scene, rules)
    settings.retryStopped = .seconds(3_600)
    let engine = scene.start(settings)
    try waitUntil("it is left out") { rules.now.begun.last?.map(\.shard) == [0, 2, 3, 4, 5, 6, 7] }
    let begun = rules.now.begun.count
    try scene.log.recordMany(shard: 1, count: 2)
    for round in 1...10 {
      try scene.log.recordMany(shard: 2, count: 1)
      try waitUntil("the others go on") { try scene.rows() == 22 + Int64(round) }
    }
    #expect(rules.now.begun.count == begun)
    // One event of shard 1 is in, four are not.
    try waitUntil("its lag") { engine.status().builds.map(\.lag) == [4, 4] && engine.status().lagSeconds > 1 }
  }

  @Test func aShardAtItsHeadGoesOnWithoutANewEvent() throws {
    let scene = try EngineScene()
    for shard in 0..<8 { try scene.log.recordMany(shard: shard, count: 3) }
    let engine = scene.start(settings(scene, ChangedFeed.Rules()))
    try scene.waitUntilProjected("other_b2")
    try scene.execute(
      """
      CREATE TABLE public.kept AS SELECT * FROM daybook_events.shards;
      UPDATE daybook_events.shards SET hash = sha256(hash) WHERE shard = 6
      """)
    try waitUntil("it is stopped") { engine.status().stoppedShards.map(\.position) == [4] }
    let fault = try #require(engine.status().stoppedShards.first)
    #expect(fault.remedy.contains("daybook migrate --restored"))
    try waitUntil("it is noted") { try noted(scene, fault) == 2 }
    try scene.execute(
      "UPDATE daybook_events.shards s SET hash = k.hash FROM public.kept k WHERE k.shard = s.shard AND s.shard = 6")
    try waitUntil("it goes on") { engine.status().stoppedShards.isEmpty }
    try waitUntil("nothing is noted") { try problems(scene) == 0 }
    try scene.log.recordMany(shard: 6, count: 1)
    try scene.waitUntilProjected()
    #expect(try scene.faults() == 0)
  }

  @Test func aNewSessionNotesTheSameAgainAndLogsItNot() throws {
    let scene = try EngineScene()
    for shard in 0..<8 { try scene.log.recordMany(shard: shard, count: 3) }
    try scene.execute("UPDATE daybook_events.events SET type = 99 WHERE shard = 1 AND position = 3")
    let (rules, log) = (ChangedFeed.Rules(), try LogText())
    let engine = scene.start(settings(scene, rules), logger: log.logger)
    try waitUntil("it is stopped") { engine.status().stoppedShards.map(\.shard) == [1] }
    let fault = try #require(engine.status().stoppedShards.first)
    try waitUntil("it is noted") { try noted(scene, fault) == 2 }
    try scene.cut("daybook projector leases")
    try waitUntil("all are taken anew") { try scene.number("SELECT min(epoch) FROM daybook_read.progress") == 2 }
    try waitUntil("it is noted again") { try noted(scene, fault) == 2 }
    #expect(try log.lines("\"shard stopped\"").count == 1)
    #expect(engine.status().stoppedShards == [fault])
  }

  @Test func whatCameDamagedFromElsewhereIsFetchedFromTheStore() throws {
    let scene = try EngineScene()
    for shard in 0..<8 { try scene.log.recordMany(shard: shard, count: 10) }
    let (rules, log) = (ChangedFeed.Rules(), try LogText())
    let places = [ShardPosition(shard: 1, position: 3), ShardPosition(shard: 7, position: 1)]
    rules.change { $0.damaged = Set(places) }
    let engine = scene.start(settings(scene, rules), logger: log.logger)
    try scene.waitUntilProjected()
    try scene.waitUntilProjected("other_b2")
    #expect(try scene.faults() == 0)
    #expect(Set(rules.now.distrusted) == Set(places))
    #expect(engine.status().stoppedShards.isEmpty)
    #expect(try log.lines("level=error").isEmpty)
  }

  @Test func whatWouldComeAgainDamagedStopsItsShard() throws {
    let scene = try EngineScene()
    for shard in 0..<8 { try scene.log.recordMany(shard: shard, count: 10) }
    let rules = ChangedFeed.Rules()
    rules.change {
      $0.damaged = [ShardPosition(shard: 5, position: 10)]
      $0.heals = false
    }
    let engine = scene.start(settings(scene, rules))
    try waitUntil("it is stopped") { engine.status().stoppedShards.map(\.shard) == [5] }
    try waitUntil("the rest is in") { try scene.rows() == 79 }
    rules.change { $0.damaged = [] }
    try scene.waitUntilProjected()
    try waitUntil("it goes on") { engine.status().stoppedShards.isEmpty }
    #expect(try scene.faults() == 0)
  }

  @Test func whatIsWrongWithTheFeedIsInTheStatus() throws {
    let scene = try EngineScene()
    let rules = ChangedFeed.Rules()
    let engine = scene.start(settings(scene, rules))
    try scene.log.recordMany(shard: 0, count: 1)
    try scene.waitUntilProjected()
    #expect(engine.status().feedUnavailable == nil)
    rules.change { $0.problem = "the brokers are away" }
    try waitUntil("it is said") { engine.status().feedUnavailable == "the brokers are away" }
    rules.change { $0.problem = nil }
    try waitUntil("it is over") { engine.status().feedUnavailable == nil }
  }
}

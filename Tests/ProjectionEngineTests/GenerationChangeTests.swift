import EventFeed
import Postgres
import ProjectionEngine
import ReadStore
import Runtime
import TestSupport
import Testing

/// Read models when the event store was restored from a backup.
@Suite struct GenerationChangeTests {
  @Test func aBuildThatTheLogBearsOutGoesOnUnderAProjectorThatRuns() throws {
    let scene = try EngineScene()
    for shard in 0..<6 { try scene.log.recordMany(shard: shard, count: 10) }
    let engine = scene.start(scene.settings([JournalProjection()]))
    try scene.waitUntilProjected()
    try scene.execute("SELECT daybook_events.restored()")
    let adoption = try adopt(scene)
    #expect(adoption.kept == ["journal_b1"])
    #expect(adoption.dropped == [])
    #expect(
      try scene.number("SELECT b.generation - s.generation FROM daybook_read.builds b, daybook_events.store s") == 0)
    for shard in 0..<8 { try scene.log.recordMany(shard: shard, count: 5) }
    try scene.waitUntilProjected()
    try expectClean(scene, "journal_b1")
    try waitUntil("the engine runs") { engine.status().state == .running }
    // Again there is nothing to do.
    let again = try adopt(scene)
    #expect(again.kept + again.dropped == [])
  }

  @Test func aBuildThatIsAheadOfTheLogIsDroppedAndMadeAnewByTheProjectorThatNoticed() throws {
    let scene = try EngineScene()
    for shard in 0..<8 { try scene.log.recordMany(shard: shard, count: 10) }
    var settings = scene.settings([JournalProjection()])
    settings.identityInterval = .milliseconds(20)
    let first = scene.start(settings)
    try scene.waitUntilProjected()
    scene.stop(first)
    try cutLog(scene)
    let second = scene.start(settings)
    try waitUntil("the shard is stopped") { second.status().stoppedShards.map(\.shard) == [4] }
    try scene.execute("SELECT daybook_events.restored()")
    let adoption = try adopt(scene)
    #expect(adoption.kept == [])
    #expect(adoption.dropped == ["journal_b1"])
    #expect(try scene.number("SELECT count(*) FROM pg_namespace WHERE nspname = 'journal_b1'") == 0)
    try scene.waitUntilProjected("journal_b2")
    try expectClean(scene, "journal_b2")
    #expect(try scene.number("SELECT count(*) FROM daybook_read.builds WHERE active") == 1)
  }

  @Test func otherEventsUnderTheSamePositionsAreNoticed() throws {
    let scene = try EngineScene()
    for shard in 0..<8 { try scene.log.recordMany(shard: shard, count: 10) }
    let engine = scene.start(scene.settings([JournalProjection()]))
    try scene.waitUntilProjected()
    scene.stop(engine)
    try cutLog(scene)
    try scene.log.recordMany(shard: 4, count: 20, time: 1_000)
    try scene.execute("SELECT daybook_events.restored()")
    #expect(try adopt(scene).dropped == ["journal_b1"])
  }

  @Test func buildsOfAnotherStoreAreLeftAlone() throws {
    let scene = try EngineScene()
    try scene.log.recordMany(shard: 0, count: 1)
    let engine = scene.start(scene.settings([JournalProjection()]))
    try scene.waitUntilProjected()
    scene.stop(engine)
    try scene.execute("UPDATE daybook_events.store SET id = gen_random_uuid(), generation = 7")
    let adoption = try adopt(scene)
    #expect(adoption.kept + adoption.dropped == [])
    #expect(try scene.rows() == 1)
  }

  private func adopt(_ scene: EngineScene) throws -> ReadStore.Adoption {
    try GenerationChange.adoptBuilds(
      eventStore: scene.address("daybook_feed"), readStore: scene.address("daybook_projector"))
  }

  /// As a backup from before the last three events of shard 4.
  private func cutLog(_ scene: EngineScene) throws {
    try scene.execute(
      """
      DELETE FROM daybook_events.events WHERE shard = 4 AND position > 7;
      UPDATE daybook_events.shards SET position = 7,
        hash = (SELECT hash FROM daybook_events.events WHERE shard = 4 AND position = 7) WHERE shard = 4
      """)
  }

  private func expectClean(_ scene: EngineScene, _ schema: String) throws {
    #expect(try scene.faults(schema) == 0)
    #expect(try scene.rows(schema) == (try scene.events()))
    #expect(try scene.staleProgress() == 0)
  }
}

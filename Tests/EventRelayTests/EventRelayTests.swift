import EventFeed
import EventRelay
import EventTopic
import Events
import Kafka
import KafkaTestSupport
import Postgres
import Probes
import Runtime
import TestSupport
import Testing

/// The relay against brokers: everything, in order, at least once; and what it says when it cannot go on.
@Suite(.serialized) struct EventRelayTests {
  private func fill(_ scene: RelayScene, time: Int64 = 0) throws {
    for shard in [0, 3, 7] {
      try scene.log.recordMany(shard: shard, count: 30, time: time)
      try scene.log.recordTogether(shard: shard, count: 200, time: time + 1_000)
      try scene.log.register(shard: shard, [try SeriesKey(name: "s\(shard)_\(time)", labels: [("dc", "é")])])
    }
  }

  @Test func everyEventStandsOnTheTopicInOrderAsItIsInTheStore() throws {
    let scene = try RelayScene()
    try fill(scene)
    let relay = scene.start()
    try scene.waitUntilRelayed()
    try fill(scene, time: 10_000)
    try scene.waitUntilRelayed()
    let content = try scene.content()
    var previous: [Int: [UInt8]] = [:]
    var reader = EventMessageReader()
    var count: [Int: Int] = [:]
    for record in try scene.stored() {
      let messages = content.partitions[record.shard] ?? []
      let place = count[record.shard, default: 0]
      count[record.shard] = place + 1
      guard place < messages.count else {
        Issue.record("shard \(record.shard) has \(messages.count) messages only")
        return
      }
      let before = previous[record.shard] ?? EventHash.beforeFirst
      previous[record.shard] = record.hash
      try messages[place].show(&reader) { reader, value in
        let head = try reader.head(shard: record.shard, hasValue: value != nil).get()
        #expect(head.position == record.position)
        let found = try reader.event(shard: record.shard, position: head.position, value: value)
        #expect(found.record == record && found.previousHash == before)
      }
    }
    #expect(content.partitions.mapValues(\.count) == count)
    let status = relay.status()
    #expect(status.state == .running && status.held.count == 8 && status.stoppedShards.isEmpty)
    #expect(
      HealthReport(ProcessIdentity(program: "relay", version: "0"), RelayHealth.checks(status, at: WallClock.now))
        .status == .pass)
  }

  @Test(.enabled(if: RealBroker.isThere)) func theTopicIsMadeForEverWithAPartitionAShard() throws {
    let broker = try RealBroker()
    let scene = try RelayScene(kafka: broker.settings, topic: "made")
    _ = scene.start { $0.topic = RelayTopic("made", replication: 1, minInSync: 1) }
    try scene.log.recordMany(shard: 1, count: 1)
    try scene.waitUntilRelayed()
    let text = try broker.describeTopic("made")
    #expect(text.contains("PartitionCount: 8") && text.contains("ReplicationFactor: 1"), "\(text)")
    #expect(text.contains("retention.ms=-1") && text.contains("min.insync.replicas=1"), "\(text)")
  }

  @Test func aTopicWithAnotherNumberOfPartitionsIsRefused() throws {
    let topic = try TestBroker.madeTopic(partitions: 5)
    let scene = try RelayScene(topic: topic)
    try scene.log.recordMany(shard: 1, count: 3)
    let relay = scene.start()
    try waitUntil("it says so") { relay.status().kafkaUnavailable != nil }
    let reason = try #require(relay.status().kafkaUnavailable)
    #expect(reason.contains("expected 8 partitions") && reason.contains("actual 5"), "\(reason)")
    #expect(reason.contains("--kafka-topic") && reason.contains("--republish"))
    #expect(try scene.left() == 3)
  }

  @Test func aSecondRelayStandsByAndTakesOver() throws {
    let scene = try RelayScene()
    let first = scene.start()
    try waitUntil("the first has all") { first.status().held.count == 8 }
    let second = scene.start()
    try waitUntil("the second runs") { second.status().state == .running }
    try fill(scene)
    try scene.waitUntilRelayed()
    #expect(second.status().held.isEmpty)
    scene.stop(first)
    try waitUntil(deadline: .seconds(5), "the second has all") { second.status().held.count == 8 }
    try fill(scene, time: 50_000)
    try scene.waitUntilRelayed()
    let content = try scene.content()
    for shard in [0, 3, 7] { #expect(content.positions(shard) == Array(1...462)) }
  }

  /// Somebody else took a shard behind its back: what it sends is on the topic, and its cursor does not move.
  @Test func aRelayThatLostItsShardsMovesNoCursorAndBeginsAnew() throws {
    let scene = try RelayScene()
    let relay = scene.start()
    try scene.log.recordMany(shard: 2, count: 10)
    try scene.waitUntilRelayed()
    // As `--republish` does: the epoch rises.
    let feed = try StoreFeed(scene.database.address("daybook_feed"), application: "test")
    try RelayCursors(scene.database.address("daybook_relay"), topic: scene.topic, application: "test")
      .rewind(2, to: 4, feed)
    try waitUntil("it was sent again") { try scene.left() == 0 && scene.content().positions(2).count == 16 }
    #expect(try scene.content().positions(2) == Array(1...10) + Array(5...10))
    #expect(relay.status().state == .running)
    #expect(throws: RelayError.self) {
      try RelayCursors(scene.database.address("daybook_relay"), topic: scene.topic, application: "test")
        .rewind(2, to: 11, feed)
    }
  }

  /// The brokers had everything, and the process ended before its cursor was moved.
  @Test func afterACrashBetweenDeliveryAndCursorEventsAreSentAgainAndNoneIsLost() throws {
    let scene = try RelayScene()
    let first = scene.start()
    try scene.log.recordMany(shard: 6, count: 20)
    try scene.waitUntilRelayed()
    scene.stop(first)
    try scene.execute(
      """
      UPDATE daybook_events.relay_cursors c SET position = 15, hash = e.hash FROM daybook_events.events e
      WHERE c.topic = '\(scene.topic)' AND c.shard = 6 AND e.shard = 6 AND e.position = 15
      """)
    _ = scene.start()
    try scene.log.recordMany(shard: 6, count: 2, time: 99)
    try scene.waitUntilRelayed()
    #expect(try scene.content().positions(6) == Array(1...20) + Array(16...22))
  }

  @Test func aShardThatCannotBeReadStopsAloneAndGoesOnAfterRepair() throws {
    let scene = try RelayScene()
    try scene.log.recordMany(shard: 3, count: 5)
    try scene.execute("UPDATE daybook_events.events SET type = 99 WHERE shard = 3 AND position = 4")
    let relay = scene.start()
    try scene.log.recordMany(shard: 4, count: 5)
    try waitUntil("it has stopped, and the other goes on") {
      try relay.status().stoppedShards.map(\.shard) == [3] && scene.left() == 2
    }
    let fault = try #require(relay.status().stoppedShards.first)
    #expect(fault.position == 4 && fault.remedy.contains("update this program"))
    let report = HealthReport(
      ProcessIdentity(program: "relay", version: "0"), RelayHealth.checks(relay.status(), at: WallClock.now))
    #expect(report.status == .fail)
    try waitUntil("it is in the table") {
      try scene.number(
        "SELECT count(*) FROM daybook_events.relay_cursors WHERE shard = 3 AND problem LIKE '%from event 4%'") == 1
    }
    try scene.execute("UPDATE daybook_events.events SET type = 2 WHERE shard = 3 AND position = 4")
    try scene.waitUntilRelayed()
    try waitUntil("nothing is stopped") { relay.status().stoppedShards.isEmpty }
    #expect(try scene.content().positions(3) == [1, 2, 3, 4, 5])
    #expect(
      try scene.number("SELECT count(*) FROM daybook_events.relay_cursors WHERE problem IS NOT NULL") == 0)
  }

  @Test func aRestoredStoreStopsTheShardsWhoseTopicHasMore() throws {
    let scene = try RelayScene()
    try scene.log.recordMany(shard: 1, count: 5)
    try scene.log.recordMany(shard: 2, count: 5)
    let first = scene.start()
    try scene.waitUntilRelayed()
    scene.stop(first)
    // As a backup from before shard 1's last two events would leave it.
    try scene.execute(
      """
      DELETE FROM daybook_events.events WHERE shard = 1 AND position > 3;
      UPDATE daybook_events.shards s SET position = 3, hash = e.hash FROM daybook_events.events e
      WHERE s.shard = 1 AND e.shard = 1 AND e.position = 3
      """)
    let relay = scene.start()
    try scene.log.recordMany(shard: 2, count: 1, time: 9)
    try waitUntil("shard 1 has stopped, and 2 goes on") {
      try relay.status().stoppedShards.map(\.shard) == [1] && scene.content().positions(2).count == 6
    }
    #expect(relay.status().stoppedShards.first?.remedy.contains("daybook migrate --restored") == true)
    scene.stop(relay)
    // Somebody told the store, but not the relay's cursors.
    try scene.execute("SELECT daybook_events.restored()")
    let second = scene.start()
    try waitUntil("both have stopped") { second.status().stoppedShards.map(\.shard) == [1, 2] }
    #expect(second.status().stoppedShards.allSatisfy { $0.remedy.contains("--republish") })
    scene.stop(second)
    let feed = try StoreFeed(scene.database.address("daybook_feed"), application: "test")
    let adopted = try RelayCursors.adopt(scene.database.address("daybook_relay"), feed)
    #expect(adopted.filter { !$0.fits }.map(\.shard) == [1])
    let third = scene.start()
    try scene.log.recordMany(shard: 2, count: 1, time: 10)
    try waitUntil("shard 2 goes on") {
      try third.status().stoppedShards.map(\.shard) == [1] && scene.content().positions(2).count == 7
    }
  }

  /// Two topics with cursors at the heads of two shards, noted before the store was restored; of topic b the second
  /// cursor's event is one that the log does not have.
  private func restoredScene() throws -> RelayScene {
    let scene = try RelayScene()
    try scene.log.recordMany(shard: 1, count: 3)
    try scene.log.recordMany(shard: 2, count: 3)
    try scene.execute(
      """
      INSERT INTO daybook_events.relay_cursors (topic, shard, generation, position, epoch, updated_at, hash, problem)
      SELECT topic, shard, 1, position, 5, 0, CASE WHEN topic = 'b' AND shard = 2 THEN sha256(hash) ELSE hash END, 'old'
      FROM daybook_events.shards, (VALUES ('a'), ('b')) AS t (topic) WHERE shard IN (1, 2);
      SELECT daybook_events.restored()
      """)
    return scene
  }

  private func adopt(_ scene: RelayScene) throws -> [(topic: String, shard: Int, fits: Bool)] {
    try RelayCursors.adopt(
      scene.database.address("daybook_relay"),
      StoreFeed(scene.database.address("daybook_feed"), application: "test"))
  }

  @Test func cursorsThatFitGoOnUnderTheNewGenerationAndOthersStay() throws {
    let scene = try restoredScene()
    let adopted = try adopt(scene)
    #expect(adopted.map(\.topic) == ["a", "a", "b", "b"] && adopted.map(\.shard) == [1, 2, 1, 2])
    #expect(adopted.map(\.fits) == [true, true, true, false])
    let generation = try scene.number("SELECT generation FROM daybook_events.store")
    #expect(generation > 1)
    #expect(
      try scene.number(
        """
        SELECT count(*) FROM daybook_events.relay_cursors
        WHERE generation = \(generation) AND epoch = 6 AND position = 3 AND problem IS NULL
        """) == 3)
    #expect(
      try scene.number(
        """
        SELECT count(*) FROM daybook_events.relay_cursors
        WHERE topic = 'b' AND shard = 2 AND generation = 1 AND epoch = 5 AND position = 3 AND problem = 'old'
        """) == 1)
  }

  @Test func allCursorsThatFitAreAdoptedOrNone() throws {
    let scene = try restoredScene()
    try scene.execute("ALTER TABLE daybook_events.relay_cursors ADD CHECK (topic = 'a' OR epoch < 6)")
    #expect(throws: PostgresError.self) { try adopt(scene) }
    #expect(
      try scene.number("SELECT count(*) FROM daybook_events.relay_cursors WHERE generation = 1 AND epoch = 5") == 4)
  }

  @Test(.enabled(if: RealBroker.isThere)) func whileTheBrokersAreAwayTheLagGrowsAndIsGoneAfterwards() throws {
    let broker = try RealBroker()
    let scene = try RelayScene(kafka: broker.settings, topic: "away")
    let relay = scene.start()
    try scene.log.recordMany(shard: 1, count: 10)
    try scene.waitUntilRelayed()
    broker.kill()
    try scene.log.recordMany(shard: 1, count: 10, time: 100)
    try scene.log.recordMany(shard: 5, count: 3)
    try waitUntil("it says so") {
      relay.status().kafkaUnavailable != nil && relay.status().lagEvents == 13
        && relay.status().lagSeconds(at: WallClock.now) > 1
    }
    let report = HealthReport(
      ProcessIdentity(program: "relay", version: "0"), RelayHealth.checks(relay.status(), at: WallClock.now))
    #expect(report.status == .fail)
    try broker.start()
    try scene.waitUntilRelayed(deadline: .seconds(60))
    try waitUntil("all is well") { relay.status().kafkaUnavailable == nil && relay.status().lagEvents == 0 }
    let content = try scene.content()
    // What was on its way may be there twice; in order, and nothing is missing.
    #expect(Set(content.positions(1)) == Set(1...20) && Set(content.positions(5)) == [1, 2, 3])
  }

  @Test(.enabled(if: RealBroker.isThere)) func aTopicThatIsDeletedIsMadeAgain() throws {
    let broker = try RealBroker()
    let scene = try RelayScene(kafka: broker.settings, topic: "deleted")
    let relay = scene.start()
    try scene.log.recordMany(shard: 1, count: 10)
    try scene.waitUntilRelayed()
    try broker.deleteTopic("deleted")
    try scene.log.recordMany(shard: 1, count: 10, time: 100)
    try scene.waitUntilRelayed(deadline: .seconds(90))
    // Behind the cursor; the rest comes with --republish.
    #expect(try scene.content().positions(1) == Array(11...20))
    #expect(relay.status().stoppedShards.isEmpty)
  }
}

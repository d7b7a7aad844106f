import EventFeed
import Events
import Kafka
import KafkaFeed
import KafkaTestSupport
import Runtime
import TestSupport
import Testing

/// Where reading begins, and what becomes of it when the topic is not what it was.
@Suite(.serialized) struct TopicTests {
  /// A store whose shard 2 has 200 events, all of them on a topic, and a reader that stands at event 120 of it.
  private struct Rig {
    let scene: FeedScene
    let feed: any Feed
    let events: [EventRecord]
    /// Where Kafka has each event.
    let offsets: [Int64]

    init() throws {
      let scene = try FeedScene(.kafka)
      try scene.log.recordMany(shard: 2, count: 200)
      let feed = try scene.feed()
      var marks = scene.start
      _ = try feed.begin(after: marks, checking: [])
      var offsets: [Int64] = []
      var events: [EventRecord] = []
      let wake = WakeDescriptor()
      try waitUntil("200 events") {
        let batch = try scene.fetch(feed, &marks, wake)
        events += batch.records
        offsets += batch.offsets
        return events.count == 200
      }
      (self.scene, self.feed, self.events, self.offsets) = (scene, feed, events, offsets)
    }

    func mark(offset: Int64?) -> FeedMark {
      FeedMark(shard: 2, position: 120, hash: events[119].hash, offset: offset)
    }

    func counter(_ name: String) -> Double {
      let line = scene.metrics.exposition().split(separator: "\n").first { $0.hasPrefix(name + " ") }
      return line?.split(separator: " ").last.flatMap { Double($0) } ?? 0
    }

    /// Reads on from `mark` with the shard placed anew; what comes has to be the rest. Returns how many messages were read.
    func expectRest(_ mark: FeedMark) throws -> Double {
      // Nobody wants the shard: what was read of it is dropped.
      _ = try feed.begin(after: [], checking: [])
      let before = counter("daybook_kafka_messages_total")
      var marks = [mark]
      _ = try feed.begin(after: marks, checking: marks)
      #expect(try scene.read(feed, &marks, 80, deadline: .seconds(60)) == Array(events[120...]))
      return counter("daybook_kafka_messages_total") - before
    }
  }

  @Test func aHintThatHoldsSavesReadingWhatIsKnown() throws {
    let rig = try Rig()
    #expect(try rig.expectRest(rig.mark(offset: rig.offsets[119])) == 81)
    #expect(rig.counter("daybook_kafka_restarts_total") == 0)
    // That of an event before it holds, too: after a piece that came from the store, say.
    #expect(try rig.expectRest(rig.mark(offset: rig.offsets[99])) == 101)
    #expect(rig.counter("daybook_kafka_restarts_total") == 0)
    #expect(try rig.expectRest(rig.mark(offset: nil)) == 200, "without one all of it is read, and passed over")
    #expect(rig.counter("daybook_kafka_restarts_total") == 0 && rig.counter("daybook_kafka_heals_total") == 0)
  }

  @Test func aHintThatDoesNotHoldCostsReadingFromTheBeginningAndNothingElse() throws {
    let rig = try Rig()
    #expect(try rig.expectRest(rig.mark(offset: rig.offsets[120])) >= 200, "a later event stands there")
    #expect(rig.counter("daybook_kafka_restarts_total") == 1)
    #expect(try rig.expectRest(rig.mark(offset: 1_000_000)) >= 200, "no offset of the topic")
    #expect(rig.counter("daybook_kafka_restarts_total") == 2)
    #expect(try rig.expectRest(rig.mark(offset: rig.offsets[199] + 1)) >= 200, "the end")
    #expect(rig.counter("daybook_kafka_restarts_total") == 3)
    // The right position with another hash: of another life of the topic.
    try TestProducer(try TestBroker.settings(), topic: rig.scene.topic).send(
      [
        TestMessage(rig.events[119], after: EventHash.beforeFirst, of: try rig.scene.log.identity()).withHash(
          of: rig.events[0])
      ],
      to: 2)
    let foreign = rig.offsets[199] + 1
    #expect(try rig.expectRest(rig.mark(offset: foreign)) >= 200)
    #expect(rig.counter("daybook_kafka_restarts_total") == 4)
    #expect(rig.counter("daybook_kafka_heals_total") == 0)
  }

  @Test(.enabled(if: RealBroker.isThere)) func whatWasCutFromTheTopicComesFromTheStore() throws {
    let rig = try Rig()
    let broker = try #require(try TestBroker.real())
    try broker.deleteRecords(rig.scene.topic, before: [2: rig.offsets[149]])
    // The hint is gone, and so are 30 events behind the mark: then the hole shows.
    _ = try rig.expectRest(rig.mark(offset: rig.offsets[119]))
    #expect(rig.counter("daybook_kafka_restarts_total") == 1)
    #expect(rig.counter("daybook_kafka_heals_total") == 1)
    // All is gone, and nothing comes that would show it.
    try broker.deleteRecords(rig.scene.topic, before: [2: rig.offsets[199] + 1])
    _ = try rig.expectRest(rig.mark(offset: rig.offsets[119]))
    #expect(rig.counter("daybook_kafka_heals_total") >= 2)
    // What comes next stands on the topic again.
    try rig.scene.log.recordMany(shard: 2, count: 5, time: 900)
    var marks = [FeedMark(shard: 2, position: 200, hash: rig.events[199].hash)]
    #expect(try rig.scene.read(rig.feed, &marks, 5).map(\.position) == Array(201...205))
  }

  @Test(.enabled(if: RealBroker.isThere)) func aTopicThatIsDeletedAndMadeAnewIsHealedFromTheStore() throws {
    let rig = try Rig()
    let broker = try #require(try TestBroker.real())
    // What was read of it is dropped: nothing is left but the store and the new topic.
    _ = try rig.feed.begin(after: [], checking: [])
    try broker.deleteTopic(rig.scene.topic)
    // The relay makes it again, with what comes from now on.
    try rig.scene.log.recordMany(shard: 2, count: 20, time: 5_000)
    var marks = [rig.mark(offset: rig.offsets[119])]
    let wake = WakeDescriptor()
    var records: [EventRecord] = []
    var generation = 0
    try waitUntil(deadline: .seconds(120), "all events; there are \(records.count): \(rig.feed.problem ?? "")") {
      // As the engine does: with shards that come back it begins anew from what it has.
      if rig.scene.rebalances != generation {
        generation = rig.scene.rebalances
        _ = try rig.feed.begin(after: marks, checking: [])
      }
      let batch = try rig.scene.fetch(rig.feed, &marks, wake)
      records += batch.records
      return records.count == 100
    }
    #expect(records.map(\.position) == Array(121...220))
    #expect(rig.counter("daybook_kafka_heals_total") >= 1)
  }
}

extension TestMessage {
  /// The same with the hash of another event in its header.
  fileprivate func withHash(of other: EventRecord) -> TestMessage {
    var copy = self
    copy["ce_hash"] = other.hash.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    return copy
  }
}

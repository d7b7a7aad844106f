import EventFeed
import Events
import Kafka
import KafkaFeed
import KafkaTestSupport
import Runtime
import TestSupport
import Testing

/// Whatever stands on the topic: what is no event of ours is passed over and counted, what is damaged or missing comes
/// from the store, what is of another history stops its shard; and nothing ends the program.
@Suite(.serialized) struct BadInputTests {
  /// A store with ten events in shard 2 and three in shard 5, nothing of which is on the topic yet.
  private struct Rig {
    let scene: FeedScene
    let events: [EventRecord]
    let others: [EventRecord]
    let store: StoreIdentity
    let producer: TestProducer
    let feed: any Feed

    init() throws {
      scene = try FeedScene(.kafka, relaying: false)
      try scene.log.recordMany(shard: 2, count: 10)
      try scene.log.recordMany(shard: 5, count: 3)
      let truth = try StoreFeed(scene.database.address("daybook_feed"), application: "test truth")
      let all = try truth.fetch(after: scene.start, limits: FeedLimits()).records
      events = all.filter { $0.shard == 2 }
      others = all.filter { $0.shard == 5 }
      store = try scene.log.identity()
      producer = try TestProducer(try TestBroker.settings(), topic: scene.topic)
      feed = try scene.feed()
    }

    /// The message of the event at `position` of shard 2.
    func message(_ position: Int, of other: StoreIdentity? = nil) -> TestMessage {
      TestMessage(
        events[position - 1], after: position == 1 ? EventHash.beforeFirst : events[position - 2].hash,
        of: other ?? store)
    }

    func sendOthers() throws {
      var previous = EventHash.beforeFirst
      var messages: [TestMessage] = []
      for event in others {
        messages.append(TestMessage(event, after: previous, of: store))
        previous = event.hash
      }
      try producer.send(messages, to: 5)
    }

    func counter(_ name: String, _ label: String = "") -> Double {
      let line = scene.metrics.exposition().split(separator: "\n").first { $0.hasPrefix(name + label + " ") }
      return line?.split(separator: " ").last.flatMap { Double($0) } ?? 0
    }

    /// Reads until shard 2 has stopped or has all its events; shard 5's all come whatever happens there.
    func run() throws -> (records: [EventRecord], fault: FeedFault?) {
      var marks = scene.start
      var records: [EventRecord] = []
      var fault: FeedFault?
      let wake = WakeDescriptor()
      _ = try feed.begin(after: marks, checking: [])
      try waitUntil("shard 2 stops or is read; there are \(records.count)") {
        let batch = try feed.fetch(after: marks, limits: FeedLimits())
        records += batch.records
        FeedScene.advance(&marks, batch)
        if let found = batch.faults.first { fault = found }
        marks.removeAll { $0.shard == fault?.shard }
        if batch.records.isEmpty { try feed.waitForEvents(timeout: .milliseconds(20), wake: wake) }
        let isDone = fault != nil || records.filter { $0.shard == 2 }.count == events.count
        return isDone && records.filter { $0.shard == 5 }.count == others.count
      }
      #expect(records.filter { $0.shard == 5 } == others)
      return (records.filter { $0.shard == 2 }, fault)
    }
  }

  @Test func whatIsNoEventOfOursIsPassedOverAndCounted() throws {
    let rig = try Rig()
    var random = SeededRandom()
    let noise = (0..<20).map { _ in
      (0..<Int.random(in: 1...2_000, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
    }
    var messages: [TestMessage] = noise.map { TestMessage(value: $0) }
    messages.append(TestMessage(value: nil))
    messages.append(TestMessage(headers: [("ce_source", Array("https://example.org/other".utf8))], value: [1]))
    messages.append(TestMessage(headers: [("", []), ("x", [])], value: [1]))
    var unplaced = rig.message(3)
    unplaced["ce_sequence"] = nil
    messages.append(unplaced)
    // Another partition's event.
    messages.append(TestMessage(rig.others[0], after: EventHash.beforeFirst, of: rig.store))
    for position in 1...10 {
      messages.append(rig.message(position))
      messages.append(TestMessage(value: noise[position]))
    }
    try rig.producer.send(messages, to: 2)
    try rig.sendOthers()
    let (records, fault) = try rig.run()
    #expect(records == rig.events && fault == nil)
    let skipped = "daybook_kafka_skipped_total"
    // The last of it may not have been read when the last event was.
    try waitUntil("all of it is counted") { rig.counter(skipped, #"{reason="no-headers"}"#) == 30 }
    #expect(rig.counter(skipped, #"{reason="tombstone"}"#) == 1)
    #expect(rig.counter(skipped, #"{reason="other-source"}"#) == 2)
    #expect(rig.counter(skipped, #"{reason="no-position"}"#) == 2)
    #expect(rig.counter("daybook_kafka_heals_total") == 0)
  }

  @Test(arguments: ["cut", "value", "tombstone", "type", "schema", "hash", "time", "huge", "metadata"])
  func anEventOfOursThatIsDamagedComesFromTheStore(_ damage: String) throws {
    let rig = try Rig()
    var messages = (1...10).map { rig.message($0) }
    switch damage {
    case "cut": messages[4].value?.removeLast(3)
    case "value": messages[4].value?[1] ^= 0xFF
    case "tombstone": messages[4].value = nil
    case "type": messages[4]["ce_type"] = "daybook.v9.Unknown"
    case "schema": messages[4]["ce_schemaversion"] = "9"
    case "hash": messages[4]["ce_hash"] = String(repeating: "0", count: 64)
    case "time": messages[4]["ce_recordedtime"] = "yesterday"
    case "huge": messages[4].value = [UInt8](repeating: 1, count: 600_000)
    default: messages[4]["daybook-metadata"] = nil
    }
    try rig.producer.send(messages, to: 2)
    try rig.sendOthers()
    let (records, fault) = try rig.run()
    #expect(records == rig.events && fault == nil)
    #expect(rig.counter("daybook_kafka_heals_total") == 1)
  }

  @Test func holesAreFilledAndDuplicatesPassedOver() throws {
    let rig = try Rig()
    // As after a take-over: the second sender begins again, and between the two something is missing.
    let order = [1, 2, 3, 2, 3, 7, 4, 5, 7, 8, 1, 10]
    try rig.producer.send(order.map { rig.message($0) }, to: 2)
    try rig.sendOthers()
    let (records, fault) = try rig.run()
    #expect(records == rig.events && fault == nil)
    #expect(rig.counter("daybook_kafka_heals_total") == 2, "before 7 and before 10")
    #expect(rig.counter("daybook_kafka_duplicates_total") == 6)
  }

  @Test func eventsOfAnotherStoreStopTheShard() throws {
    let rig = try Rig()
    let other = StoreIdentity(idHigh: 1, idLow: 2, generation: 1, shards: 8)
    try rig.producer.send([rig.message(1), rig.message(2), rig.message(3, of: other)], to: 2)
    try rig.sendOthers()
    let (records, fault) = try rig.run()
    #expect(records == Array(rig.events.prefix(2)))
    #expect(fault?.shard == 2 && fault?.position == 3)
    #expect(fault?.reason.contains("another store") == true, "\(fault as Any)")
    #expect(fault?.remedy.contains("--kafka-topic") == true)
  }

  @Test func aChainThatDoesNotFitStopsTheShard() throws {
    let rig = try Rig()
    var foreign = rig.events[3]
    foreign.payload = [1, 2, 3]
    let strange = [UInt8](repeating: 9, count: 32)
    let message = TestMessage(foreign.chained(after: strange), after: strange, of: rig.store)
    try rig.producer.send([1, 2, 3].map { rig.message($0) } + [message], to: 2)
    try rig.sendOthers()
    let (records, fault) = try rig.run()
    #expect(records == Array(rig.events.prefix(3)))
    #expect(fault?.position == 4 && fault?.reason.contains("does not follow") == true, "\(fault as Any)")
    #expect(fault?.remedy.contains("--republish") == true)
  }

  @Test func eventsOfAnEarlierLifeAreTakenWhereTheStoreHasThemAndStopTheShardWhereNot() throws {
    let rig = try Rig()
    let earlier = StoreIdentity(idHigh: rig.store.idHigh, idLow: rig.store.idLow, generation: 77, shards: 8)
    try rig.producer.send((1...10).map { rig.message($0, of: $0 < 6 ? earlier : nil) }, to: 2)
    try rig.sendOthers()
    let (records, fault) = try rig.run()
    #expect(records == rig.events && fault == nil)

    let second = try Rig()
    var lost = second.events[3]
    lost.payload = [1, 2, 3]
    lost = lost.chained(after: second.events[2].hash)
    let message = TestMessage(lost, after: second.events[2].hash, of: earlier)
    var foreign = message
    foreign["ce_source"] =
      TestMessage(
        lost, after: second.events[2].hash,
        of: StoreIdentity(idHigh: second.store.idHigh, idLow: second.store.idLow, generation: 77, shards: 8))[
        "ce_source"]
    try second.producer.send([1, 2, 3].map { second.message($0) } + [foreign], to: 2)
    try second.sendOthers()
    let (kept, stopped) = try second.run()
    #expect(kept == Array(second.events.prefix(kept.count)), "nothing that the store does not have")
    #expect(stopped?.shard == 2 && stopped?.reason.contains("generation 77") == true, "\(stopped as Any)")
    #expect(stopped?.remedy.contains("--republish") == true)
  }

  @Test func aTopicThatIsAheadOfTheStoreStopsTheShard() throws {
    let rig = try Rig()
    var ahead = rig.events[9]
    ahead.position = 5_000_000_000
    let message = TestMessage(ahead.chained(after: rig.events[9].hash), after: rig.events[9].hash, of: rig.store)
    try rig.producer.send([1, 2, 3].map { rig.message($0) } + [message], to: 2)
    try rig.sendOthers()
    // All that the store has comes, then the fault.
    var marks = rig.scene.start
    var fault: FeedFault?
    var records: [EventRecord] = []
    let wake = WakeDescriptor()
    _ = try rig.feed.begin(after: marks, checking: [])
    try waitUntil("a fault") {
      let batch = try rig.feed.fetch(after: marks, limits: FeedLimits())
      records += batch.records
      FeedScene.advance(&marks, batch)
      fault = batch.faults.first
      if batch.records.isEmpty { try rig.feed.waitForEvents(timeout: .milliseconds(20), wake: wake) }
      return fault != nil
    }
    #expect(records.filter { $0.shard == 2 } == rig.events)
    #expect(fault?.position == 11 && fault?.reason.contains("behind the end of the store") == true, "\(fault as Any)")
  }

  @Test func anEventThatTheReaderCannotDecodeIsAskedOfTheStoreOnce() throws {
    let rig = try Rig()
    try rig.producer.send((1...10).map { rig.message($0) }, to: 2)
    let marks = rig.scene.start
    let wake = WakeDescriptor()
    _ = try rig.feed.begin(after: marks, checking: [])
    var batch = FeedBatch(records: [], heads: [], isFull: false)
    func fetchAll() throws {
      try waitUntil("ten events") {
        batch = try rig.feed.fetch(after: marks, limits: FeedLimits())
        if batch.records.count < 10 { try rig.feed.waitForEvents(timeout: .milliseconds(20), wake: wake) }
        return batch.records.count == 10
      }
    }
    try fetchAll()
    #expect(batch.offsets.allSatisfy { $0 >= 0 })
    #expect(rig.feed.distrust(shard: 2, position: 4))
    try fetchAll()
    #expect(batch.records == rig.events)
    #expect(batch.offsets.prefix(3).allSatisfy { $0 >= 0 } && batch.offsets.dropFirst(3).allSatisfy { $0 == -1 })
    #expect(!rig.feed.distrust(shard: 2, position: 4), "it came from the store")
  }
}

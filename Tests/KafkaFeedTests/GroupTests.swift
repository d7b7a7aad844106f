import EventFeed
import Events
import Kafka
import KafkaFeed
import KafkaTestSupport
import ReadStore
import Runtime
import TestSupport
import Testing

/// Members of the projectors' group: who gets what, when, and how it is given back.
@Suite(.serialized) struct GroupTests {
  /// A member of a group with its thread and its claims.
  private final class Member {
    let member: GroupMember
    private let thread: OwnedThread
    private(set) var claims: GroupClaims?

    init(_ database: TestDatabase, topic: String, change: (inout GroupSettings) -> Void = { _ in }) throws {
      let address = database.address("daybook_feed")
      var settings = GroupSettings(
        kafka: try TestBroker.settings(), topic: topic, group: { "group.\(topic)" },
        openStore: { () throws(FeedError) in try StoreFeed(address, application: "test feed") })
      change(&settings)
      let member = GroupMember(settings, logger: FeedScene.logger, metrics: MetricsRegistry())
      self.member = member
      thread = OwnedThread("member") { member.run() }
      claims = GroupClaims(member) {}
    }

    var shards: Set<Int> {
      guard let claims, !claims.isUnsettled() else { return [] }
      return Set((try? claims.take((0..<8).map { BuildShard(build: 1, shard: $0) }))?.map(\.shard) ?? [])
    }

    func stop() {
      claims = nil
      member.stop()
      thread.join()
    }
  }

  @Test func membersShareTheShardsAndTakeOverWhatOneLeaves() throws {
    let database = try TestDatabase.make()
    let topic = try TestBroker.madeTopic()
    let first = try Member(database, topic: topic)
    try waitUntil(deadline: .seconds(30), "the first has all") { first.shards == Set(0..<8) }
    let second = try Member(database, topic: topic)
    try waitUntil(deadline: .seconds(30), "both have half") { first.shards.count == 4 && second.shards.count == 4 }
    #expect(first.shards.isDisjoint(with: second.shards))
    let third = try Member(database, topic: topic)
    try waitUntil(deadline: .seconds(30), "all three have some") {
      let all = [first.shards, second.shards, third.shards]
      return all.allSatisfy { !$0.isEmpty } && all.reduce(0) { $0 + $1.count } == 8
    }
    second.stop()
    let started = MonotonicClock.now
    try waitUntil(deadline: .seconds(30), "two have all again") {
      first.shards.count + third.shards.count == 8 && first.shards.isDisjoint(with: third.shards)
    }
    let waited = MonotonicClock.now - started
    // The cluster that librdkafka plays tells the others late.
    if RealBroker.isThere { #expect(waited < 5_000_000_000, "it left the group, instead of being missed") }
    first.stop()
    third.stop()
  }

  @Test(.enabled(if: RealBroker.isThere)) func rejoiningAfterACleanStopTakesLessThanASecond() throws {
    let database = try TestDatabase.make()
    let topic = try TestBroker.madeTopic()
    let first = try Member(database, topic: topic)
    try waitUntil(deadline: .seconds(30), "the first has all") { first.shards.count == 8 }
    var times: [Double] = []
    first.stop()
    for _ in 0..<5 {
      let started = MonotonicClock.now
      let next = try Member(database, topic: topic)
      try waitUntil(deadline: .seconds(30), "it has all") { next.shards.count == 8 }
      times.append(Double(MonotonicClock.now - started) / 1e9)
      next.stop()
    }
    #expect(times.sorted()[2] < 1, "\(times)")
  }

  /// The one that has the shards is writing: the rebalance waits until it says that it is not, a while at most.
  @Test func aRebalanceWaitsForWhatIsBeingWrittenButNotForEver() throws {
    let database = try TestDatabase.make()
    let topic = try TestBroker.madeTopic()
    let first = try Member(database, topic: topic) { $0.revokeLimit = .seconds(3) }
    try waitUntil(deadline: .seconds(30), "the first has all") { first.shards.count == 8 }
    // From here on nobody asks its claims: it is busy.
    let second = try Member(database, topic: topic)
    let started = MonotonicClock.now
    try waitUntil(deadline: .seconds(30), "the second has half") { second.shards.count == 4 }
    #expect(MonotonicClock.now - started > 2_000_000_000)
    let moved = BuildShard(build: 1, shard: try #require(second.shards.first))
    #expect(first.claims?.lost(of: [moved]) == [moved])
    first.stop()
    second.stop()
  }

  @Test(.enabled(if: RealBroker.isThere)) func withoutATopicItSaysSoAndJoinsWhenThereIsOne() throws {
    let database = try TestDatabase.make()
    let topic = try TestBroker.topic()
    let member = try Member(database, topic: topic)
    let feed = try KafkaFeed(member.member)
    try waitUntil("it says so") { feed.problem?.contains("there is no topic \(topic)") == true }
    try KafkaAdmin(try TestBroker.settings(), logger: FeedScene.logger).create(
      KafkaAdmin.NewTopic(topic, partitions: 4))
    try waitUntil("it says that four are not eight") { feed.problem?.contains("expected 8 partitions") == true }
    member.stop()
  }

  /// Nobody fetches: what is read ahead is bounded, and all of it comes when somebody does.
  @Test func readingAheadPausesWhenItsMemoryIsFull() throws {
    let database = try TestDatabase.make()
    let log = try TestLog(database.address())
    let topic = try TestBroker.madeTopic()
    let store = try log.identity()
    for _ in 0..<40 { try log.append(shard: 1, type: .samplesRecorded, payload: [UInt8](repeating: 3, count: 100_000)) }
    let marks = (0..<8).map { FeedMark(shard: $0, position: 0, hash: []) }
    let truth = try StoreFeed(database.address("daybook_feed"), application: "test truth")
    let events = try truth.fetch(after: marks, limits: FeedLimits()).records
    let member = try Member(database, topic: topic) {
      $0.memoryLimit = 500_000
      $0.prefetchLimit = 1 << 20
    }
    try waitUntil(deadline: .seconds(30), "it has all") { member.shards.count == 8 }
    var previous = EventHash.beforeFirst
    let producer = try TestProducer(try TestBroker.settings(), topic: topic)
    for event in events {
      try producer.send([TestMessage(event, after: previous, of: store)], to: 1)
      previous = event.hash
    }
    let feed = try KafkaFeed(member.member)
    _ = try feed.begin(after: marks, checking: [])
    var largest = 0
    var records: [EventRecord] = []
    var reached = marks
    let wake = WakeDescriptor()
    let few = FeedLimits(events: 3, bytes: 1 << 20, samples: 1_000)
    try waitUntil(deadline: .seconds(30), "all events") {
      let batch = try feed.fetch(after: reached, limits: few)
      records += batch.records
      FeedScene.advance(&reached, batch)
      largest = max(largest, member.member.bufferedBytes)
      try feed.waitForEvents(timeout: .milliseconds(20), wake: wake)
      return records.count == events.count
    }
    #expect(records == events)
    #expect(largest >= 500_000, "it was full at some time: \(largest)")
    // One round of reading beyond the limit.
    #expect(largest < 500_000 + 64 * 101_000, "\(largest)")
    member.stop()
  }
}

import EventFeed
import EventRelay
import Events
import Kafka
import KafkaFeed
import KafkaTestSupport
import Runtime
import TestSupport

/// The two ways from the event store to a projector.
enum FeedKind: String, CaseIterable, Sendable {
  case store, kafka
}

/// A store with a log, and a feed of it of either kind. Over Kafka a relay runs, and the feed is the only member of its
/// group. Ends what it started.
final class FeedScene {
  let kind: FeedKind
  let database: TestDatabase
  let log: TestLog
  let topic: String
  private(set) var member: GroupMember?
  private var memberThread: OwnedThread?
  private var claims: GroupClaims?
  private var relay: (relay: EventRelay, thread: OwnedThread)?
  let metrics = MetricsRegistry()

  /// - Parameter relaying: without a relay a test fills the topic by itself.
  init(_ kind: FeedKind, shards: Int = 8, relaying: Bool = true) throws {
    self.kind = kind
    database = try TestDatabase.make(shards: shards)
    log = try TestLog(database.address())
    guard kind == .kafka else {
      topic = ""
      return
    }
    topic = try relaying ? TestBroker.topic(partitions: shards) : TestBroker.madeTopic(partitions: shards)
    if relaying { startRelay() }
    try startMember()
  }

  deinit {
    claims = nil
    member?.stop()
    memberThread?.join()
    stopRelay()
  }

  static let logger = Logger(program: "tests", level: .error)

  func startRelay() {
    guard let kafka = try? TestBroker.settings() else { return }
    let settings = RelaySettings(
      eventStore: database.address("daybook_feed"), cursors: database.address("daybook_relay"), kafka: kafka,
      topic: RelayTopic(topic))
    let relay = EventRelay(settings: settings, logger: Self.logger, metrics: MetricsRegistry())
    self.relay = (relay, OwnedThread("relay") { relay.run() })
  }

  func stopRelay() {
    relay?.relay.stop()
    relay?.thread.join()
    relay = nil
  }

  /// Joins the group and waits until it has all shards.
  func startMember() throws {
    let address = database.address("daybook_feed")
    let topic = topic
    var settings = GroupSettings(
      kafka: try TestBroker.settings(), topic: topic, group: { "group.\(topic)" },
      openStore: { () throws(FeedError) in try StoreFeed(address, application: "test feed") })
    settings.stallInterval = .milliseconds(300)
    let member = GroupMember(settings, logger: Self.logger, metrics: metrics)
    self.member = member
    memberThread = OwnedThread("member") { member.run() }
    let claims = GroupClaims(member) {}
    self.claims = claims
    try waitUntil(deadline: .seconds(30), "the group has given out the shards") { !claims.isUnsettled() }
  }

  func feed() throws -> any Feed {
    guard let member else { return try StoreFeed(database.address("daybook_feed"), application: "test feed") }
    return try KafkaFeed(member)
  }

  /// Marks before the first event of each shard.
  var start: [FeedMark] { (0..<log.shards).map { FeedMark(shard: $0, position: 0, hash: []) } }

  /// How often the group has given out the shards, as far as is known here.
  var rebalances: Int {
    guard let claims else { return 0 }
    // Asking lets a rebalance go on.
    _ = claims.isUnsettled()
    let line = metrics.exposition().split(separator: "\n").first { $0.hasPrefix("daybook_kafka_rebalances_total ") }
    return line?.split(separator: " ").last.flatMap { Int($0) } ?? 0
  }

  /// One fetch, moving the marks along; waits a moment when it gives nothing.
  func fetch(_ feed: any Feed, _ marks: inout [FeedMark], _ wake: WakeDescriptor) throws -> FeedBatch {
    let batch = try feed.fetch(after: marks, limits: FeedLimits())
    Self.advance(&marks, batch)
    if batch.records.isEmpty { try feed.waitForEvents(timeout: .milliseconds(20), wake: wake) }
    return batch
  }

  /// Reads on from `marks` until `count` events have come, moving the marks along.
  func read(
    _ feed: any Feed, _ marks: inout [FeedMark], _ count: Int, limits: FeedLimits = FeedLimits(),
    deadline: Duration = .seconds(30)
  ) throws -> [EventRecord] {
    var records: [EventRecord] = []
    let wake = WakeDescriptor()
    try waitUntil(deadline: deadline, "\(count) events; there are \(records.count)") {
      let batch = try feed.fetch(after: marks, limits: limits)
      records += batch.records
      Self.advance(&marks, batch)
      if batch.records.isEmpty { try feed.waitForEvents(timeout: .milliseconds(50), wake: wake) }
      return records.count >= count
    }
    return records
  }

  static func advance(_ marks: inout [FeedMark], _ batch: FeedBatch) {
    for (index, record) in batch.records.enumerated() {
      guard let place = marks.firstIndex(where: { $0.shard == record.shard }) else { continue }
      let offset = batch.offsets.isEmpty || batch.offsets[index] < 0 ? marks[place].offset : batch.offsets[index]
      marks[place] = FeedMark(shard: record.shard, position: record.position, hash: record.hash)
      marks[place].offset = offset
    }
  }
}

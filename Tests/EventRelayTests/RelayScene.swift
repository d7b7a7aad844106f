import EventFeed
import EventRelay
import Events
import Kafka
import KafkaTestSupport
import Postgres
import Runtime
import TestSupport

/// A store with a log, and relays of it. Ends those that are still running when it goes.
final class RelayScene {
  let database: TestDatabase
  let log: TestLog
  let topic: String
  let kafka: KafkaSettings
  private let owner: PostgresConnection
  private var running: [(relay: EventRelay, thread: OwnedThread)] = []

  /// - Parameters:
  ///   - kafka: nil: the brokers that tests share.
  ///   - topic: nil: one that nobody has used.
  init(kafka: KafkaSettings? = nil, topic: String? = nil) throws {
    database = try TestDatabase.make()
    log = try TestLog(database.address())
    self.topic = try topic ?? TestBroker.topic()
    self.kafka = try kafka ?? TestBroker.settings()
    owner = try database.connect()
  }

  deinit {
    for (relay, _) in running { relay.stop() }
    for (_, thread) in running { thread.join() }
  }

  func start(_ change: (inout RelaySettings) -> Void = { _ in }) -> EventRelay {
    var settings = RelaySettings(
      eventStore: database.address("daybook_feed"), cursors: database.address("daybook_relay"), kafka: kafka,
      topic: RelayTopic(topic))
    settings.tickInterval = .milliseconds(100)
    settings.retryStopped = .milliseconds(300)
    change(&settings)
    let relay = EventRelay(
      settings: settings, logger: Logger(program: "tests", level: .error), metrics: MetricsRegistry())
    running.append((relay, OwnedThread("relay") { relay.run() }))
    return relay
  }

  /// As SIGTERM would.
  func stop(_ relay: EventRelay) {
    relay.stop()
    guard let index = running.firstIndex(where: { $0.relay === relay }) else { return }
    running.remove(at: index).thread.join()
  }

  func execute(_ sql: String) throws { try owner.execute(sql) }
  func number(_ sql: String) throws -> Int64 { try owner.query(sql: sql).int64(0, 0) }

  /// Waits until the cursors stand at the heads.
  func waitUntilRelayed(deadline: Duration = .seconds(30)) throws {
    try waitUntil(deadline: deadline, "everything is relayed") { try left() == 0 }
  }

  func left() throws -> Int64 {
    try number(
      """
      SELECT coalesce(sum(s.position - coalesce(c.position, 0)), 0)::bigint FROM daybook_events.shards s
      LEFT JOIN daybook_events.relay_cursors c ON c.shard = s.shard AND c.topic = '\(topic)'
      """)
  }

  func content() throws -> TopicContent { try TopicContent(kafka, topic: topic, partitions: log.shards) }

  /// What the store has.
  func stored() throws -> [EventRecord] {
    let feed = try StoreFeed(database.address("daybook_feed"), application: "test truth")
    var marks = (0..<log.shards).map { FeedMark(shard: $0, position: 0, hash: []) }
    var records: [EventRecord] = []
    while true {
      let batch = try feed.fetch(after: marks, limits: FeedLimits())
      if batch.records.isEmpty { return records }
      records += batch.records
      for record in batch.records {
        marks[record.shard] = FeedMark(shard: record.shard, position: record.position, hash: record.hash)
      }
    }
  }
}

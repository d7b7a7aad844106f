import EventTopic
import Events
import Kafka
import Runtime

/// The way to the brokers, while it works: a topic that is right, a producer, and the batches that are under way, in order.
/// After any failure it is dropped, and the next one begins behind the cursors. Confined to the relay's thread.
final class RelayLink {
  /// Batches under way at most: while one is published the next is read and queued behind it.
  static let batchLimit = 2
  /// Bytes in the producer's queue: two batches of the largest events, with their headers.
  private static let memoryLimit = 48 << 20

  private let producer: KafkaProducer
  private var writer: EventMessageWriter
  private(set) var batches: [RelayBatch] = []
  private var number = 0

  /// Looks at the topic, and makes it where it is missing. Blocks for some seconds at most.
  /// - Parameter made: told when it was missing.
  init(_ settings: RelaySettings, store: StoreIdentity, logger: Logger, made: () -> Void) throws {
    let admin = try KafkaAdmin(settings.kafka, timeout: .seconds(3), logger: logger)
    if try settings.topic.ensure(shards: store.shards, admin) { made() }
    producer = try KafkaProducer(
      settings.kafka, topic: settings.topic.name, memoryLimit: Self.memoryLimit, logger: logger)
    writer = EventMessageWriter(store)
  }

  var isFull: Bool { batches.count >= Self.batchLimit }

  /// Queues a batch; takes delivery reports while the producer's queue is full.
  /// - Parameter hashes: per shard, of the event before its first one.
  func send(_ records: [EventRecord], after hashes: [Int: [UInt8]]) throws {
    number += 1
    var ends: [Int: (position: Int64, hash: [UInt8])] = [:]
    var samples = 0
    var previous = hashes
    let now = WallClock.now / 1_000_000
    for record in records {
      let before = previous[record.shard] ?? EventHash.beforeFirst
      while try !send(record, after: before, now: now) {
        producer.poll(.milliseconds(10))
        try check()
      }
      previous[record.shard] = record.hash
      ends[record.shard] = (record.position, record.hash)
      samples += Int(record.sampleCount)
    }
    batches.append(
      RelayBatch(
        number: number, ends: ends, events: records.count, samples: samples, sentAt: MonotonicClock.now))
  }

  private func send(_ record: EventRecord, after previous: [UInt8], now: Int64) throws -> Bool {
    // Brokers refuse times that are far ahead of theirs.
    let timestamp = min(record.recordedAt / 1_000_000, now)
    return try record.payload.withUnsafeBytes { payload in
      try producer.send(
        partition: Int32(truncatingIfNeeded: record.shard), timestamp: timestamp, value: payload, batch: number,
        headerCount: EventMessageWriter.headerCount
      ) { headers in
        writer.headers(of: record, previousHash: previous) { name, value in headers.add(name, value) }
      }
    }
  }

  /// Takes delivery reports, waiting for one up to `timeout`; returns the batches that are on the topic, in order.
  func deliver(_ timeout: Duration) throws -> [RelayBatch] {
    producer.poll(timeout)
    try check()
    let done = batches.prefix { producer.outstanding($0.number) == 0 }
    batches.removeFirst(done.count)
    return Array(done)
  }

  /// What goes wrong on the way and is tried again.
  func takeTrouble() -> KafkaError? { producer.takeTrouble() }

  /// Whether a broker answers. Blocks for a moment.
  var isReachable: Bool { producer.isReachable(.milliseconds(300)) }

  private func check() throws(KafkaError) {
    if let failure = producer.failure { throw failure }
  }
}

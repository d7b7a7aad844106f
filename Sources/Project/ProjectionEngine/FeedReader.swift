import EventFeed
import Events
import Runtime

/// Reads and decodes one batch ahead of the engine, on a thread of its own: while a flush waits for Postgres, the next
/// batch is fetched. Confined to that thread.
final class FeedReader {
  private let settings: EngineSettings
  private let exchange: Exchange
  private let logger: Logger
  private var feed: (any Feed)?
  /// The order that `marks` belong to.
  private var generation: Int?
  private var marks: [FeedMark] = []
  private var isVerified = false
  private var lagAskedAt: UInt64 = 0
  private var batchDecoder = BatchDecoder()
  /// What was logged last: a store that is away for an hour is not worth 2,000 lines.
  private var lastReason: String?

  init(settings: EngineSettings, exchange: Exchange, logger: Logger) {
    self.settings = settings
    self.exchange = exchange
    self.logger = logger
  }

  /// Returns when the exchange is stopping.
  func run() {
    var backoff = Backoff()
    while let order = exchange.awaitOrder() {
      do throws(FeedError) {
        try step(order)
        backoff.reset()
      } catch {
        feed = nil
        switch error.disposition {
        case .retry:
          noteUnavailable(error)
          exchange.pause(backoff.next())
        case .fatal:
          exchange.fail(error, generation: order.generation)
        }
      }
    }
  }

  private func noteUnavailable(_ error: FeedError) {
    let reason = error.description
    exchange.report { $0.unavailable = reason }
    if reason != lastReason { logger.warning("event store away, trying again", ["reason": reason]) }
    lastReason = reason
  }

  /// One fetch; waits when it gives nothing.
  private func step(_ order: ReaderOrder) throws(FeedError) {
    let feed = try connectedFeed()
    try begin(order, feed)
    let started = MonotonicClock.now
    let batch = try feed.fetch(after: marks, limits: settings.limits)
    try report(batch, feed)
    if batch.records.isEmpty {
      return try feed.waitForEvents(timeout: settings.pollInterval, wake: exchange.readerWake)
    }
    let decoder = EventDecoder(shards: order.identity.shards)
    let (events, left) = try batchDecoder.decode(batch.records, decoder, bytesLimit: settings.decodedBytesLimit)
    advance(events)
    let isFull = batch.isFull || left > 0
    exchange.put(ReaderBatch(generation: order.generation, events: events, isFull: isFull))
    if !isFull {
      exchange.pauseReader(
        until: started &+ UInt64(settings.fetchInterval.nanoseconds), generation: order.generation)
    }
  }

  private func connectedFeed() throws(FeedError) -> any Feed {
    if let feed { return feed }
    let opened = try settings.openFeed()
    feed = opened
    isVerified = false
    lastReason = nil
    exchange.report { $0.unavailable = nil }
    return opened
  }

  /// With a new order, what the builds have is looked up in the store; with a new connection, what was read so far is.
  private func begin(_ order: ReaderOrder, _ feed: any Feed) throws(FeedError) {
    guard feed.identity == order.identity else {
      throw .otherStore(expected: order.identity, actual: feed.identity)
    }
    if generation != order.generation {
      try feed.verify(order.checks)
      generation = order.generation
      marks = order.marks
    } else if !isVerified {
      try feed.verify(marks)
    }
    isVerified = true
  }

  private func advance(_ events: [DecodedEvent]) {
    var last: [Int: Int] = [:]
    for (index, event) in events.enumerated() { last[event.shard] = index }
    for index in marks.indices {
      guard let event = last[marks[index].shard].map({ events[$0] }) else { continue }
      marks[index].position = event.position
      marks[index].hash = event.hash
    }
  }

  private func report(_ batch: FeedBatch, _ feed: any Feed) throws(FeedError) {
    let heads = Dictionary(batch.heads.map { ($0.shard, $0.position) }, uniquingKeysWith: { first, _ in first })
    var lags: [FeedLag]?
    if batch.records.isEmpty {
      lags = []
    } else if MonotonicClock.now &- lagAskedAt > 1_000_000_000 {
      lags = try feed.lag(after: marks)
      lagAskedAt = MonotonicClock.now
    }
    let read = Dictionary(marks.map { ($0.shard, $0.position) }, uniquingKeysWith: { first, _ in first })
    exchange.report { report in
      report.heads = heads
      report.read = read
      if let lags { report.lags = Dictionary(lags.map { ($0.shard, $0) }, uniquingKeysWith: { first, _ in first }) }
    }
  }
}

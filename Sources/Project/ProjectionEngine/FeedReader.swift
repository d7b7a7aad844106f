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
  /// `feed` was told what is wanted.
  private var hasBegun = false
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
          noteUnavailable(error.description)
          exchange.pause(backoff.next())
        case .fatal:
          exchange.fail(error, generation: order.generation)
        }
      }
    }
  }

  private func noteUnavailable(_ reason: String) {
    exchange.report { $0.unavailable = reason }
    if reason != lastReason { logger.warning("events cannot be read, trying again", ["reason": reason]) }
    lastReason = reason
  }

  /// One fetch; waits when it gives nothing.
  private func step(_ order: ReaderOrder) throws(FeedError) {
    let feed = try connectedFeed()
    let refused = try begin(order, feed)
    if !refused.isEmpty {
      return exchange.put(ReaderBatch(generation: order.generation, events: [], faults: refused, isFull: true))
    }
    let started = MonotonicClock.now
    let batch = try feed.fetch(after: marks, limits: settings.limits)
    let decoder = EventDecoder(shards: order.identity.shards)
    let decoded = batchDecoder.decode(batch, decoder, bytesLimit: settings.decodedBytesLimit)
    let faults =
      decoded.unreadable + decoded.undecodable.filter { !feed.distrust(shard: $0.shard, position: $0.position) }
    let reached = marks(after: decoded.events, without: faults)
    try report(batch, order, reached, feed)
    marks = reached
    if !decoded.events.isEmpty || !faults.isEmpty {
      let isFull = batch.isFull || decoded.left > 0
      exchange.put(
        ReaderBatch(generation: order.generation, events: decoded.events, faults: faults, isFull: isFull))
      if isFull { return }
      let pauseEnd = started &+ UInt64(settings.fetchInterval.nanoseconds)
      exchange.pauseReader(until: pauseEnd, generation: order.generation)
    } else if decoded.undecodable.isEmpty {
      try feed.waitForEvents(timeout: settings.pollInterval, wake: exchange.readerWake)
    }
  }

  private func connectedFeed() throws(FeedError) -> any Feed {
    if let feed { return feed }
    let opened = try settings.openFeed()
    feed = opened
    hasBegun = false
    return opened
  }

  /// With a new order, what the builds have is looked up in the store; with a new feed, what was read so far is. Returns
  /// the shards that do not fit: nothing more is read of those.
  private func begin(_ order: ReaderOrder, _ feed: any Feed) throws(FeedError) -> [FeedFault] {
    guard feed.identity == order.identity else {
      throw .otherStore(expected: order.identity, actual: feed.identity)
    }
    let isNew = generation != order.generation
    if hasBegun, !isNew { return [] }
    let wanted = isNew ? order.marks : marks
    let faults = try feed.begin(after: wanted, checking: isNew ? order.checks : wanted)
    generation = order.generation
    hasBegun = true
    marks = wanted.filter { mark in !faults.contains { $0.shard == mark.shard } }
    return faults
  }

  /// Where the reader stands once it has these events, and leaves the shards alone that have a fault.
  private func marks(after events: [DecodedEvent], without faults: [FeedFault]) -> [FeedMark] {
    var last: [Int: Int] = [:]
    for (index, event) in events.enumerated() { last[event.shard] = index }
    return marks.compactMap { mark in
      if faults.contains(where: { $0.shard == mark.shard }) { return nil }
      guard let event = last[mark.shard].map({ events[$0] }) else { return mark }
      return FeedMark(
        shard: mark.shard, position: event.position, hash: event.hash, offset: event.offset ?? mark.offset)
    }
  }

  /// - Parameter reached: where the reader stands with this batch.
  private func report(
    _ batch: FeedBatch, _ order: ReaderOrder, _ reached: [FeedMark], _ feed: any Feed
  ) throws(FeedError) {
    let heads = Dictionary(batch.heads.map { ($0.shard, $0.position) }, uniquingKeysWith: { first, _ in first })
    let behind = reached.filter { $0.position < heads[$0.shard] ?? 0 } + order.leftOut
    var lags: [FeedLag]?
    if behind.isEmpty {
      lags = []
    } else if MonotonicClock.now &- lagAskedAt > 1_000_000_000 {
      lags = try feed.lag(after: behind)
      lagAskedAt = MonotonicClock.now
    }
    let read = Dictionary(reached.map { ($0.shard, $0.position) }, uniquingKeysWith: { first, _ in first })
    exchange.report { report in
      report.generation = order.generation
      report.heads = heads
      report.read = read
      if let lags { report.lags = Dictionary(lags.map { ($0.shard, $0) }, uniquingKeysWith: { first, _ in first }) }
    }
    // The feed has logged it.
    let problem = feed.problem
    exchange.report { $0.unavailable = problem }
    lastReason = nil
  }
}

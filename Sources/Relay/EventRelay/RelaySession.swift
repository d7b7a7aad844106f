import EventFeed
import Events
import Kafka
import Postgres
import Runtime

/// The relay from taking its first shard until the event store fails, a shard is lost or it is stopped. Kafka may come and
/// go meanwhile. Confined to the relay's thread.
///
/// Why nothing is missing on the topic. What is sent follows a cursor without a gap, in order; a batch moves the cursors
/// only when the brokers have all of it; after any failure sending begins behind the cursors again. So up to a cursor
/// everything is on the topic, and some of what is behind it may be, or may be there twice.
final class RelaySession {
  private let settings: RelaySettings
  private let logger: Logger
  private let metrics: RelayMetrics
  private let board: RelayBoard
  private let feed: StoreFeed
  private let cursors: RelayCursors
  private let locks: PostgresSessionLocks
  private var held: [Int: RelayCursor] = [:]
  /// Where reading goes on: the cursors, and what is under way.
  private var marks: [Int: FeedMark] = [:]
  private var link: RelayLink?
  private var linkBackoff = Backoff()
  private var linkDue: UInt64 = 0
  private let stops: StoppedShards
  private var nextTick: UInt64 = 0
  private var lagDue: UInt64 = 0
  private var kafkaUnavailable: String?
  /// By shard, of the store.
  private var heads: [Int: Int64] = [:]

  init(
    settings: RelaySettings, logger: Logger, metrics: RelayMetrics, board: RelayBoard, stops: StoppedShards
  ) throws {
    self.settings = settings
    self.logger = logger
    self.metrics = metrics
    self.board = board
    self.stops = stops
    feed = try StoreFeed(settings.eventStore, application: "\(settings.application) feed")
    cursors = try RelayCursors(settings.cursors, topic: settings.topic.name, application: settings.application)
    locks = try PostgresSessionLocks(settings.cursors, application: "\(settings.application) locks")
    stops.tryAll()
  }

  private var store: StoreIdentity { feed.identity }

  /// Returns when the relay is stopping; throws whatever ends the session otherwise.
  func run() throws {
    while !board.isStopping {
      let now = MonotonicClock.now
      if now >= nextTick { try tick() }
      // Standing by needs no brokers.
      if link == nil, now >= linkDue, !held.isEmpty { openLink() }
      guard let link else {
        board.pause(until: held.isEmpty ? nextTick : min(nextTick, linkDue))
        continue
      }
      do {
        try step(link)
      } catch let error as KafkaError {
        dropLink(error)
      }
    }
  }

  // MARK: Shards

  private func tick() throws {
    nextTick = MonotonicClock.deadline(after: settings.tickInterval)
    if locks.noticeIfClosed() { throw RelayError.locksLost }
    try checkEpochs()
    if stops.tryDue() { try tryAgain() }
    try noteWhatGoesOn()
    let missing = (0..<store.shards).filter { held[$0] == nil }
    let taken = missing.isEmpty ? [] : try locks.take(missing.map(key))
    for key in taken { try take(Int(key.number)) }
    if !taken.isEmpty {
      logger.info("relaying", ["shards": "\(held.count) of \(store.shards)", "topic": settings.topic.name])
      try stopWhatDoesNotFit()
    }
    try lookAtLag()
    // Where nothing is sent nothing shows that the brokers are back.
    if kafkaUnavailable != nil, let link, link.batches.isEmpty, link.isReachable { kafkaUnavailable = nil }
    publish()
  }

  /// Locks of other topics of the same store have another sort, as good as certainly; where they have not, one relay
  /// stands by in vain.
  private func key(_ shard: Int) -> PostgresSessionLocks.Key {
    let name = Array(settings.topic.name.utf8)
    let sum = name.withUnsafeBytes { CRC32C.checksum($0) }
    return PostgresSessionLocks.Key(
      sort: Int32(bitPattern: sum | 0x8000_0000), number: Int32(truncatingIfNeeded: shard))
  }

  private func take(_ shard: Int) throws {
    let cursor = try cursors.take(shard, generation: store.generation)
    held[shard] = cursor
    marks[shard] = cursor.mark(shard)
  }

  /// Reading begins behind the cursors of those that have none to read from.
  private func tryAgain() throws {
    for (shard, cursor) in held where marks[shard] == nil && !stops.isLeftOut(shard) {
      marks[shard] = cursor.mark(shard)
    }
    try stopWhatDoesNotFit()
  }

  /// Those whose cursor is where there was no going on, or at the end, with an event there that fits.
  private func noteWhatGoesOn() throws {
    let settled = stops.settle { fault in
      guard marks[fault.shard] != nil, let cursor = held[fault.shard], let head = heads[fault.shard] else {
        return false
      }
      return cursor.position >= min(fault.position, head)
    }
    for shard in settled {
      if let epoch = held[shard]?.epoch { try cursors.note(nil, shard: shard, epoch: epoch) }
    }
  }

  /// Somebody else took a shard, or set its cursor back.
  private func checkEpochs() throws {
    if held.isEmpty { return }
    let actual = try cursors.epochs()
    let mine = held.filter { actual[$0.key] == $0.value.epoch }.count
    guard mine == held.count else { throw RelayError.fenced(expected: held.count, actual: mine) }
  }

  /// Cursors of another life of the store, and such as the log does not bear out.
  private func stopWhatDoesNotFit() throws {
    for (shard, cursor) in held
    where marks[shard] != nil && cursor.generation != store.generation && cursor.position > 0 {
      stop(
        FeedFault(
          shard: shard, position: cursor.position,
          reason:
            "the topic was filled in generation \(cursor.generation) of the store, which is in \(store.generation) now",
          remedy:
            "run daybook migrate --restored if the store was restored and nobody has yet; if the topic holds events "
            + "that the store does not have, delete it and run daybook relay --republish"))
    }
    for fault in try feed.verify(marks.values.sorted { $0.shard < $1.shard }) { stop(fault) }
  }

  private func stop(_ fault: FeedFault) {
    marks[fault.shard] = nil
    stops.note(fault)
    guard let epoch = held[fault.shard]?.epoch else { return }
    // For those who ask for the status; where it fails the session ends soon anyway.
    try? cursors.note(fault.description, shard: fault.shard, epoch: epoch)
  }

  // MARK: Events

  private func step(_ link: RelayLink) throws {
    let started = MonotonicClock.now
    var isFull = false
    var isEmpty = true
    if !link.isFull {
      let batch = try feed.fetch(after: marks.values.sorted { $0.shard < $1.shard }, limits: settings.limits)
      heads = Dictionary(batch.heads.map { ($0.shard, $0.position) }, uniquingKeysWith: { first, _ in first })
      isFull = batch.isFull
      isEmpty = batch.records.isEmpty
      if !isEmpty { try send(batch.records, link) }
      for fault in batch.faults { stop(fault) }
    }
    if link.batches.isEmpty {
      if isEmpty, !feed.isBroken {
        try feed.waitForEvents(timeout: settings.pollInterval, wake: board.wake)
        try moved(try link.deliver(.zero))
      }
      return noteTrouble(link)
    }
    // Behind a full batch the next one is read while this one is on its way.
    let isReading = isFull && !link.isFull
    try moved(try link.deliver(isReading ? .zero : .milliseconds(20)))
    noteTrouble(link)
    if isReading || link.isFull { return }
    let next = started &+ UInt64(settings.fetchInterval.nanoseconds)
    while MonotonicClock.now < next, !link.batches.isEmpty { try moved(try link.deliver(.milliseconds(2))) }
  }

  private func send(_ records: [EventRecord], _ link: RelayLink) throws {
    var hashes: [Int: [UInt8]] = [:]
    for (shard, mark) in marks { hashes[shard] = mark.position == 0 ? EventHash.beforeFirst : mark.hash }
    try link.send(records, after: hashes)
    for (shard, end) in link.batches.last?.ends ?? [:] {
      marks[shard] = FeedMark(shard: shard, position: end.position, hash: end.hash)
    }
    metrics.batchEvents.observe(Double(records.count))
  }

  /// Moves the cursors over what is on the topic.
  private func moved(_ done: [RelayBatch]) throws {
    guard !done.isEmpty else { return }
    var ends: [Int: (position: Int64, hash: [UInt8])] = [:]
    for batch in done { ends.merge(batch.ends) { $1 } }
    var moves: [(shard: Int, from: RelayCursor, to: RelayCursor)] = []
    for (shard, end) in ends {
      guard let from = held[shard] else { continue }
      var to = from
      (to.position, to.hash) = (end.position, end.hash)
      moves.append((shard, from, to))
    }
    try cursors.move(moves)
    for move in moves { held[move.shard] = move.to }
    for batch in done {
      metrics.events.add(batch.events)
      metrics.samples.add(batch.samples)
      metrics.publishSeconds.observe(since: batch.sentAt)
    }
    kafkaUnavailable = nil
    linkBackoff.reset()
    publish()
  }

  // MARK: Kafka

  private func openLink() {
    do {
      link = try RelayLink(settings, store: store, logger: logger) { [self] in noteNewTopic() }
      metrics.links.add()
      if kafkaUnavailable != nil { logger.info("Kafka is there again") }
      kafkaUnavailable = nil
    } catch {
      failLink("\(error)")
    }
    publish()
  }

  private func noteNewTopic() {
    logger.info("topic made", ["topic": settings.topic.name, "partitions": "\(store.shards)"])
    if held.values.contains(where: { $0.position > 0 }) {
      logger.warning(
        "the topic was missing: what was sent before is not on the new one",
        [
          "topic": settings.topic.name,
          "remedy":
            "nothing is needed for Daybook's own projectors, which take it from the event store; for other readers "
            + "run daybook relay --republish",
        ])
    }
  }

  /// Sending begins behind the cursors again.
  private func dropLink(_ error: KafkaError) {
    link = nil
    for (shard, cursor) in held where marks[shard] != nil { marks[shard] = cursor.mark(shard) }
    failLink(error.description)
    publish()
  }

  private func failLink(_ reason: String) {
    metrics.failures.add()
    if kafkaUnavailable != reason {
      logger.warning("cannot send to Kafka, trying again", ["reason": reason])
    }
    kafkaUnavailable = reason
    linkDue = MonotonicClock.deadline(after: linkBackoff.next())
  }

  /// librdkafka goes on trying by itself; that nothing gets through is to be seen meanwhile.
  private func noteTrouble(_ link: RelayLink) {
    guard let trouble = link.takeTrouble() else { return }
    if kafkaUnavailable == nil { logger.warning("trouble with Kafka, trying again", ["reason": trouble.description]) }
    kafkaUnavailable = trouble.description
    publish()
  }

  // MARK: Status

  private func lookAtLag() throws {
    guard MonotonicClock.now >= lagDue else { return }
    lagDue = MonotonicClock.deadline(after: .seconds(1))
    board.lags = try feed.lag(after: held.map { $0.value.mark($0.key) }.sorted { $0.shard < $1.shard })
  }

  private func publish() {
    board.publish { status in
      status.state = .running
      status.shards = store.shards
      status.held = held.sorted { $0.key < $1.key }.map {
        RelayStatus.Shard(shard: $0.key, position: $0.value.position)
      }
      status.stoppedShards = stops.faults
      status.kafkaUnavailable = kafkaUnavailable
    }
  }
}

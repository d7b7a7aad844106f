import EventFeed
import EventTopic
import Events
import Kafka
import Runtime

/// The member's thread: joins, reads, leaves. Confined to that thread.
final class GroupLoop {
  private static let pollTime = Duration.milliseconds(50)
  private static let commitInterval = Duration.seconds(1)
  /// While there is a problem: how often it is looked whether it is over, and for how long.
  private static let lookInterval = Duration.seconds(1)
  private static let lookTime = Duration.milliseconds(300)
  /// Before the places to read from and the memory are looked at again.
  private static let messagesPerRound = 64

  private let member: GroupMember
  private let settings: GroupSettings
  private let logger: Logger
  private let metrics: GroupMetrics
  private var consumer: KafkaConsumer?
  private var reader = EventMessageReader()
  private var isPaused = false
  private var commitDue: UInt64 = 0
  private var lookDue: UInt64 = 0

  init(_ member: GroupMember) {
    self.member = member
    settings = member.settings
    logger = member.logger
    metrics = member.metrics
  }

  func run() {
    var backoff = Backoff()
    while !member.isStopping {
      do {
        let joined = try join()
        consumer = joined
        note(nil)
        backoff.reset()
        while !member.isStopping { try round(joined) }
      } catch {
        note("\(error)")
      }
      // Leaves the group at once; what was assigned is revoked inside.
      consumer?.close()
      consumer = nil
      if !member.isStopping {
        _ = member.state.wait(until: MonotonicClock.deadline(after: backoff.next())) { $0.isStopping ? true : nil }
      }
    }
  }

  // MARK: Joining

  private func join() throws -> KafkaConsumer {
    let store = try settings.openStore().identity
    let group = try settings.group()
    let admin = try KafkaAdmin(settings.kafka, timeout: .seconds(3), logger: logger)
    guard let partitions = try admin.partitions(of: settings.topic) else {
      throw GroupError.noTopic(settings.topic)
    }
    guard partitions == store.shards else {
      throw GroupError.partitions(topic: settings.topic, expected: store.shards, actual: partitions)
    }
    member.state.withLock { $0.store = store }
    let made = try KafkaConsumer(
      settings.kafka, group: group, topic: settings.topic, prefetchLimit: settings.prefetchLimit,
      sessionTimeout: settings.sessionTimeout, logger: logger
    ) { [unowned self] change in
      switch change {
      case .assigned(let shards): assigned(shards)
      case .revoked(let isLost): revoked(isLost: isLost)
      }
    }
    try made.subscribe()
    logger.info("joining the projectors", ["group": group, "topic": settings.topic])
    return made
  }

  private func note(_ problem: String?) {
    let before = member.state.withLock { state in
      defer { state.problem = problem }
      return state.problem
    }
    if let problem, problem != before { logger.warning("cannot read from Kafka, trying again", ["reason": problem]) }
    if problem == nil, before != nil { logger.info("Kafka can be read again") }
  }

  // MARK: Rebalances

  private func assigned(_ shards: [Int]) {
    metrics.rebalances.add()
    member.state.withLock { state in
      state.assigned = Set(shards)
      // Whoever leads the group says what is given out, twice the same perhaps.
      state.shards = Dictionary(shards.map { ($0, ShardBuffer(shard: $0)) }, uniquingKeysWith: { first, _ in first })
      state.isRevoking = false
      state.isMoved = false
    }
    isPaused = false
    logger.info("shards assigned", ["shards": shards.map(String.init).joined(separator: ",")])
    member.ring()
  }

  /// Holds the rebalance up until nothing is being written for the shards: the next projector would fence it off otherwise,
  /// which loses nothing, but throws work away.
  private func revoked(isLost: Bool) {
    member.state.withLock { state in
      state.assigned = nil
      state.shards = [:]
      state.isRevoking = true
      state.isQuiet = false
    }
    member.ring()
    if isLost { return }
    let deadline = MonotonicClock.deadline(after: settings.revokeLimit)
    let isQuiet: Bool? = member.state.wait(until: deadline) { $0.isQuiet || $0.changed == nil ? true : nil }
    if isQuiet == nil { logger.warning("a rebalance did not wait any longer for what is being written") }
  }

  // MARK: Reading

  private func round(_ consumer: KafkaConsumer) throws {
    try moveIfAsked(consumer)
    pauseOrResume(consumer)
    commitIfDue(consumer)
    var isMore = true
    var count = 0
    while isMore, count < Self.messagesPerRound {
      isMore = try poll(consumer, count == 0 ? Self.pollTime : .zero)
      count += 1
    }
    if let trouble = consumer.takeTrouble() { note(trouble.description) }
    lookIfOver(consumer)
  }

  /// A member that has read everything gets nothing that would show that the brokers are back.
  private func lookIfOver(_ consumer: KafkaConsumer) {
    guard member.problem != nil, MonotonicClock.now >= lookDue else { return }
    if consumer.isReachable(Self.lookTime) { note(nil) }
    lookDue = MonotonicClock.deadline(after: Self.lookInterval)
  }

  /// Returns whether something came.
  private func poll(_ consumer: KafkaConsumer, _ timeout: Duration) throws -> Bool {
    switch consumer.poll(timeout) {
    case .message(let message): take(message)
    case .end(let partition, _): end(partition)
    case .partitionFailed(let partition, let error): failed(partition, error)
    case .failed(let error): try failed(error)
    case .nothing: return false
    }
    return true
  }

  private func take(_ message: borrowing KafkaMessage) {
    metrics.messages.add()
    let (shard, offset) = (message.partition, message.offset)
    reader.begin()
    message.forEachHeader { reader.header($0, $1) }
    var isAwaited = false
    let outcome = message.withValue { value in
      member.state.withLock { state -> ShardBuffer.Outcome in
        guard let store = state.store, state.shards[shard] != nil else { return .ignored }
        state.problem = nil
        let outcome = state.shards[shard]!.take(&reader, value: value, offset: offset, store: store)
        switch outcome {
        case .taken, .missing, .stopped:
          isAwaited = state.isAwaited
          state.isAwaited = false
          if outcome != .taken { state.isMoved = true }
        case .misplaced: state.isMoved = true
        case .duplicate, .notOurs, .ignored: break
        }
        return outcome
      }
    }
    // The values that the reader points to are the message's.
    reader.begin()
    if isAwaited { member.arrivals.wake() }
    note(outcome, of: shard, at: offset)
  }

  private func note(_ outcome: ShardBuffer.Outcome, of shard: Int, at offset: Int64) {
    switch outcome {
    case .taken, .ignored, .stopped: break
    case .duplicate: metrics.duplicates.add()
    case .notOurs(let why):
      metrics.skipped[why].add()
      logger.debug("message passed over", ["shard": "\(shard)", "offset": "\(offset)", "reason": why.rawValue])
    case .misplaced: noteRestart(shard, "the message at the known place is another one")
    case .missing(let reason):
      metrics.heals.add()
      logger.warning("healing a shard from the event store", ["shard": "\(shard)", "reason": reason])
    }
  }

  private func noteRestart(_ shard: Int, _ reason: String) {
    metrics.restarts.add()
    logger.warning(
      "reading a shard from the beginning of its partition; what is known is passed over",
      ["shard": "\(shard)", "reason": reason])
  }

  private func end(_ shard: Int) {
    let isGone = member.state.withLock { state in
      state.problem = nil
      let isGone = state.shards[shard]?.end() ?? false
      if isGone { state.isMoved = true }
      return isGone
    }
    if isGone { noteRestart(shard, "the partition ends before the known place") }
  }

  private func failed(_ shard: Int, _ error: KafkaError) {
    guard error.isOffsetOutOfRange else { return note(error.description) }
    member.state.withLock { state in
      _ = state.shards[shard]?.fromTheBeginning()
      state.isMoved = true
    }
    noteRestart(shard, "the known place is not on the topic any more")
  }

  private func failed(_ error: KafkaError) throws {
    note(error.description)
    // A topic that is gone may come back with another number of partitions: look at it anew.
    if error.isUnknownTopic || error.disposition == .fatal { throw error }
  }

  /// Places changed: reads what is wanted from where it is wanted, and nothing else.
  private func moveIfAsked(_ consumer: KafkaConsumer) throws {
    let starts: [(partition: Int, start: KafkaStart)]? = member.state.withLock { state in
      guard state.isMoved, state.assigned != nil else { return nil }
      state.isMoved = false
      return state.shards.values.filter { $0.phase == .reading }.map { ($0.shard, $0.start) }
    }
    guard let starts else { return }
    // Nothing is polled between here and there: what comes next is from the new places.
    member.state.withLock { state in
      for (shard, start) in starts where state.shards[shard]?.start == start { state.shards[shard]?.moved() }
    }
    try consumer.assign(starts.sorted { $0.partition < $1.partition })
    isPaused = false
  }

  private func pauseOrResume(_ consumer: KafkaConsumer) {
    let (bytes, reading) = member.state.withLock { state in
      (state.bytes, state.shards.values.filter { $0.phase == .reading }.map(\.shard))
    }
    if !isPaused, bytes >= settings.memoryLimit {
      consumer.pause(reading)
      isPaused = true
    } else if isPaused, bytes < settings.memoryLimit / 2 {
      consumer.resume(reading)
      isPaused = false
    }
  }

  private func commitIfDue(_ consumer: KafkaConsumer) {
    guard MonotonicClock.now >= commitDue else { return }
    commitDue = MonotonicClock.deadline(after: Self.commitInterval)
    let offsets = member.state.withLock { state in
      defer { state.flushed = [:] }
      return state.flushed.filter { state.assigned?.contains($0.key) ?? false }
    }
    consumer.commit(offsets.map { (partition: $0.key, offset: $0.value + 1) })
  }
}

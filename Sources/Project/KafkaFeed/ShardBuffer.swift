import EventFeed
import EventTopic
import Events
import Kafka

/// What was read of one shard and waits to be fetched, and where reading goes on. Pure: the rules by which messages become
/// a sequence without gaps.
///
/// Why it is one. `records` begin behind what the reader has and each follows on the one before: by position, and by hash,
/// since a message is taken only when its content has the hash that it says and the hash before it is that of the last
/// one taken. What is known already is passed over; what does not come next is not taken but asked of the store.
struct ShardBuffer {
  enum Phase: Equatable {
    /// Nobody has said from where to read.
    case unplaced
    /// Messages are read.
    case reading
    /// Events up to this position are asked of the store; messages are read again behind them.
    case healing(until: Int64)
    /// There is no going on.
    case stopped(FeedFault)
  }

  /// What became of a message.
  enum Outcome: Equatable {
    case taken
    case duplicate
    case notOurs(ForeignMessage)
    /// It is dropped; reading has to begin at the low watermark, since it is not where the hint said.
    case misplaced
    /// Events are missing, or this one is damaged: `phase` says up to where the store is asked.
    case missing(reason: String)
    case stopped
    /// Nobody reads this shard now.
    case ignored
  }

  let shard: Int
  private(set) var phase = Phase.unplaced
  /// The event before the first of `records`: what the reader has.
  private var base: (position: Int64, hash: [UInt8]) = (0, EventHash.beforeFirst)
  /// The last event of `records`, or else `base`.
  private(set) var last: (position: Int64, hash: [UInt8]) = (0, EventHash.beforeFirst)
  /// In order, behind `base`.
  private(set) var records: ArraySlice<EventRecord> = []
  /// Where Kafka had each of them; -1: it came from the store.
  private(set) var offsets: ArraySlice<Int64> = []
  /// About what `records` take.
  private(set) var bytes = 0
  private(set) var start = KafkaStart.lowWatermark
  /// Messages are not yet read from `start`: those that still come are from elsewhere.
  private var isMoving = true
  /// The first message has to be the last event that the reader has, or one before it.
  private(set) var isTryingHint = false
  /// There is nothing behind the last message at the moment.
  private(set) var isAtEnd = false
  /// Events of an earlier life of the store were taken, the last of them in this generation: whether the store still has
  /// what is behind `trusted` is not known yet.
  private(set) var earlierGeneration: Int32?
  private var trusted: Int64 = .max

  init(shard: Int) { self.shard = shard }

  var isHealing: Bool {
    if case .healing = phase { return true }
    return false
  }

  /// Begins behind `mark`, or goes on where that was read already.
  /// - Returns: whether messages have to be read from another place than before.
  mutating func place(_ mark: FeedMark) -> Bool {
    switch phase {
    case .reading, .healing:
      if confirm(mark) { return false }
    case .unplaced, .stopped: break
    }
    self = ShardBuffer(shard: shard)
    base = (mark.position, mark.position == 0 ? EventHash.beforeFirst : mark.hash)
    last = base
    phase = .reading
    if mark.position > 0, let offset = mark.offset {
      start = .offset(offset)
      isTryingHint = true
    }
    return true
  }

  /// Nobody wants it now.
  /// - Returns: whether messages were read.
  mutating func leave() -> Bool {
    let wasReading = phase == .reading
    self = ShardBuffer(shard: shard)
    return wasReading
  }

  /// Drops what the reader has. False: its mark is not in what is here.
  mutating func confirm(_ mark: FeedMark) -> Bool {
    guard mark.position >= base.position, mark.position <= last.position else { return false }
    let known = records.prefix(Int(mark.position - base.position))
    let reached = known.last.map { (position: $0.position, hash: $0.hash) } ?? base
    guard mark.position == 0 || mark.hash == reached.hash else { return false }
    for record in known { bytes -= Self.size(record) }
    records = records.dropFirst(known.count)
    offsets = offsets.dropFirst(known.count)
    base = reached
    return true
  }

  /// From now on messages are read from `start`.
  mutating func moved() { isMoving = false }

  // MARK: Messages

  /// Takes the message that `reader` holds the headers of.
  mutating func take(
    _ reader: inout EventMessageReader, value: UnsafeRawBufferPointer?, offset: Int64, store: StoreIdentity
  ) -> Outcome {
    guard phase == .reading, !isMoving else { return .ignored }
    start = .offset(offset + 1)
    isAtEnd = false
    let head: EventMessageReader.Head
    switch reader.head(shard: shard, hasValue: value != nil) {
    case .success(let found): head = found
    case .failure(let other): return .notOurs(other.why)
    }
    guard head.source.isSameStore(as: store) else {
      if isTryingHint { return fromTheBeginning() }
      return stop(.otherStore(head.source, expected: store), at: last.position + 1)
    }
    if isTryingHint {
      guard head.position <= last.position else { return fromTheBeginning() }
      if head.position == last.position, reader.hash != last.hash { return fromTheBeginning() }
      isTryingHint = false
    }
    if head.position <= last.position { return .duplicate }
    if head.position > last.position + 1 {
      return heal(until: head.position, "events \(last.position + 1) to \(head.position - 1) are not on the topic")
    }
    let (record, previous): (EventRecord, [UInt8])
    do {
      (record, previous) = try reader.event(shard: shard, position: head.position, value: value)
    } catch {
      return heal(until: head.position, "event \(head.position) cannot be read: \(error.reason)")
    }
    guard previous == last.hash else { return stop(.otherHistory, at: head.position) }
    if head.source.generation != store.generation {
      trusted = min(trusted, last.position)
      earlierGeneration = head.source.generation
    }
    append(record, offset: offset)
    return .taken
  }

  /// The partition has nothing at or behind `offset`.
  /// - Returns: whether reading has to begin at the low watermark, since there is nothing where the hint said.
  mutating func end() -> Bool {
    guard phase == .reading, !isMoving else { return false }
    isAtEnd = true
    guard isTryingHint else { return false }
    _ = fromTheBeginning()
    return true
  }

  /// The place to read from is gone.
  mutating func fromTheBeginning() -> Outcome {
    isTryingHint = false
    isAtEnd = false
    start = .lowWatermark
    isMoving = true
    return .misplaced
  }

  // MARK: Store

  /// Asks the store for all up to `position`.
  mutating func heal(until position: Int64, _ reason: String) -> Outcome {
    phase = .healing(until: position)
    return .missing(reason: reason)
  }

  /// The event at `position`, which was fetched, cannot be decoded: it is asked of the store, unless it is from there.
  mutating func distrust(_ position: Int64) -> Bool {
    guard let index = records.firstIndex(where: { $0.position == position }), offsets[index] >= 0 else { return false }
    let until = last.position
    for record in records[index...] { bytes -= Self.size(record) }
    records = records[..<index]
    offsets = offsets[..<index]
    last = records.last.map { ($0.position, $0.hash) } ?? base
    phase = .healing(until: until)
    return true
  }

  /// Takes what the store has behind `last`.
  /// - Returns: whether messages are to be read again.
  mutating func heal(with healed: [EventRecord]) -> Bool {
    guard case .healing(let until) = phase else { return false }
    // Not beyond: what is behind is on the topic, as far as is known.
    for record in healed where record.position == last.position + 1 && last.position < until {
      append(record, offset: -1)
    }
    guard last.position >= until else { return false }
    phase = .reading
    isMoving = true
    isAtEnd = false
    return true
  }

  /// There is no going on behind what is here.
  mutating func stop(_ cause: TopicFault, at position: Int64) -> Outcome {
    phase = .stopped(cause.fault(shard: shard, position: position))
    return .stopped
  }

  mutating func stop(_ fault: FeedFault) { phase = .stopped(fault) }

  /// What may be given to the reader.
  var trustedCount: Int {
    guard earlierGeneration != nil else { return records.count }
    return Int(max(0, min(trusted, last.position) - base.position))
  }

  /// The store has, or has not, the event at `position`, and with it all before.
  mutating func settleEarlierGeneration(upTo position: Int64, isInStore: Bool) {
    guard let generation = earlierGeneration, position <= last.position else { return }
    if isInStore {
      trusted = position
      if position == last.position { (earlierGeneration, trusted) = (nil, .max) }
      return
    }
    let kept = trustedCount
    for record in records.dropFirst(kept) { bytes -= Self.size(record) }
    records = records.prefix(kept)
    offsets = offsets.prefix(kept)
    last = records.last.map { ($0.position, $0.hash) } ?? base
    (earlierGeneration, trusted) = (nil, .max)
    _ = stop(.earlierLife(generation), at: last.position + 1)
  }

  private mutating func append(_ record: EventRecord, offset: Int64) {
    records.append(record)
    offsets.append(offset)
    bytes += Self.size(record)
    last = (record.position, record.hash)
  }

  /// With what arrays and the record itself take.
  static func size(_ record: borrowing EventRecord) -> Int { record.payload.count + record.metadata.count + 300 }
}

package import EventFeed
package import Events
import Glibc
package import Runtime

/// Events from Kafka, as a member of the projectors' group, with the event store behind it: what the topic lacks, or has
/// damaged, comes from there. One thread.
package final class KafkaFeed: Feed {
  private static let headsInterval = Duration.milliseconds(200)

  private let member: GroupMember
  private let settings: GroupSettings
  private var store: StoreFeed?
  private var storeDue: UInt64 = 0
  package let identity: StoreIdentity
  private var heads: [ShardHead] = []
  private var headsDue: UInt64 = 0
  private var lags: [FeedLag] = []
  private var stallDue: UInt64 = 0
  /// Shard → where its reader stood at the last look, and what was on the topic by the relay's word.
  private var stalled: [Int: (position: Int64, sent: Int64)] = [:]

  /// Opens the event store, which it needs at the beginning, for checks and for holes.
  package init(_ member: GroupMember) throws(FeedError) {
    self.member = member
    settings = member.settings
    let opened = try settings.openStore()
    store = opened
    identity = opened.identity
    let identity = identity
    member.state.withLock { $0.store = identity }
  }

  package var problem: String? { member.problem }

  package func begin(after marks: [FeedMark], checking checks: [FeedMark]) throws(FeedError) -> [FeedFault] {
    let faults = try openedStore().verify(checks)
    let stopped = Set(faults.map(\.shard))
    let wanted = Dictionary(
      marks.filter { !stopped.contains($0.shard) }.map { ($0.shard, $0) }, uniquingKeysWith: { first, _ in first })
    member.state.withLock { state in
      for shard in state.shards.keys {
        let isMoved =
          wanted[shard].map { state.shards[shard]!.place($0) } ?? state.shards[shard]!.leave()
        if isMoved { state.isMoved = true }
      }
    }
    stalled = [:]
    return faults
  }

  package func fetch(after marks: [FeedMark], limits: FeedLimits) throws(FeedError) -> FeedBatch {
    confirm(marks)
    try heal(limits)
    try settleEarlierGenerations()
    lookAtHeads()
    try lookForStalls(marks)
    return collect(marks, limits)
  }

  package func distrust(shard: Int, position: Int64) -> Bool {
    member.state.withLock { state in
      guard state.shards[shard]?.distrust(position) == true else { return false }
      state.isMoved = true
      return true
    }
  }

  package func lag(after marks: [FeedMark]) throws(FeedError) -> [FeedLag] {
    // What is on the topic can be projected while the store is away; then the lag is what it was.
    if let store, let found = try? store.lag(after: marks) { lags = found }
    return lags
  }

  package func waitForEvents(timeout: Duration, wake: WakeDescriptor) throws(FeedError) {
    member.arrivals.clear()
    let isThere = member.state.withLock { state in
      state.isAwaited = true
      return state.shards.values.contains { !$0.records.isEmpty || $0.isHealing }
    }
    if isThere { return }
    var descriptors = [
      pollfd(fd: member.arrivals.descriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: wake.descriptor, events: Int16(POLLIN), revents: 0),
    ]
    let milliseconds = timeout.components.seconds * 1_000 + timeout.components.attoseconds / 1_000_000_000_000_000
    _ = poll(&descriptors, nfds_t(descriptors.count), Int32(clamping: milliseconds))
    wake.clear()
  }

  // MARK: Buffers

  /// Drops what the reader has. What is not here, or was given to us anew since, is read from where the reader stands.
  private func confirm(_ marks: [FeedMark]) {
    member.state.withLock { state in
      for mark in marks {
        guard let buffer = state.shards[mark.shard] else { continue }
        if buffer.phase != .unplaced, state.shards[mark.shard]!.confirm(mark) { continue }
        if state.shards[mark.shard]!.place(mark) { state.isMoved = true }
      }
    }
  }

  private func collect(_ marks: [FeedMark], _ limits: FeedLimits) -> FeedBatch {
    member.state.withLock { state in
      var batch = FeedBatch(records: [], heads: heads, isFull: false)
      let buffers = marks.compactMap { state.shards[$0.shard] }.sorted { $0.shard < $1.shard }
      let waiting = max(1, buffers.filter { $0.trustedCount > 0 }.count)
      for buffer in buffers {
        var events = 0
        var bytes = 0
        var samples = 0
        for (record, offset) in zip(buffer.records, buffer.offsets).prefix(buffer.trustedCount) {
          // A shard that has an event gives one, however large.
          if events > 0,
            events >= limits.events / waiting || bytes >= limits.bytes / waiting || samples >= limits.samples / waiting
          {
            batch.isFull = true
            break
          }
          batch.records.append(record)
          batch.offsets.append(offset)
          events += 1
          bytes += record.payload.count
          samples += Int(record.sampleCount)
        }
        if case .stopped(let fault) = buffer.phase, events == buffer.records.count { batch.faults.append(fault) }
      }
      return batch
    }
  }

  // MARK: Store

  private func openedStore() throws(FeedError) -> StoreFeed {
    if let store, !store.isBroken { return store }
    store = nil
    let opened = try settings.openStore()
    guard opened.identity == identity else { throw .otherStore(expected: identity, actual: opened.identity) }
    store = opened
    return opened
  }

  /// Fills what is missing, a piece at a time; nothing is read from Kafka for those shards meanwhile.
  private func heal(_ limits: FeedLimits) throws(FeedError) {
    let healing = member.state.withLock { state in
      // Memory is bounded by this and one piece more.
      state.shards.values.filter { $0.isHealing && $0.bytes < limits.bytes }
        .map { (mark: FeedMark(shard: $0.shard, position: $0.last.position, hash: $0.last.hash), phase: $0.phase) }
    }
    if healing.isEmpty { return }
    let batch = try openedStore().fetch(after: healing.map(\.mark).sorted { $0.shard < $1.shard }, limits: limits)
    let records = Dictionary(grouping: batch.records, by: \.shard)
    let heads = Dictionary(batch.heads.map { ($0.shard, $0.position) }, uniquingKeysWith: { first, _ in first })
    member.state.withLock { state in
      for (mark, phase) in healing where state.shards[mark.shard]?.phase == phase {
        guard state.shards[mark.shard]!.last.position == mark.position else { continue }
        if state.shards[mark.shard]!.heal(with: records[mark.shard] ?? []) { state.isMoved = true }
        let head = heads[mark.shard] ?? 0
        if case .healing(let until) = state.shards[mark.shard]!.phase, head < until,
          state.shards[mark.shard]!.last.position >= head
        {
          _ = state.shards[mark.shard]!.stop(.aheadOfStore(head: head), at: head + 1)
        }
      }
      for fault in batch.faults { state.shards[fault.shard]?.stop(fault) }
    }
  }

  /// Events that were written in an earlier life of the store and are in it still belong to it; others do not.
  private func settleEarlierGenerations() throws(FeedError) {
    let earlier = member.state.withLock { state in
      state.shards.values.filter { $0.earlierGeneration != nil }
        .map { FeedMark(shard: $0.shard, position: $0.last.position, hash: $0.last.hash) }
    }
    if earlier.isEmpty { return }
    let gone = Set(try openedStore().verify(earlier).map(\.shard))
    member.state.withLock { state in
      for mark in earlier {
        state.shards[mark.shard]?.settleEarlierGeneration(
          upTo: mark.position, isInStore: !gone.contains(mark.shard))
      }
    }
  }

  /// For the status only: that the store is away is no reason not to project what is on the topic.
  private func lookAtHeads() {
    guard MonotonicClock.now >= headsDue else { return }
    headsDue = MonotonicClock.deadline(after: Self.headsInterval)
    if store == nil || store?.isBroken == true {
      guard MonotonicClock.now >= storeDue else { return }
      storeDue = MonotonicClock.deadline(after: .seconds(1))
    }
    if let found = try? openedStore().heads() { heads = found }
  }

  /// A shard whose partition has no more, though the relay has sent more: the topic was made anew or cut, and nothing
  /// comes that would show the hole. Two looks, so that what is on its way has time to arrive; one that comes late
  /// nevertheless is passed over.
  private func lookForStalls(_ marks: [FeedMark]) throws(FeedError) {
    guard MonotonicClock.now >= stallDue else { return }
    stallDue = MonotonicClock.deadline(after: settings.stallInterval)
    let ends = member.state.withLock { state in
      marks.compactMap { state.shards[$0.shard] }
        .filter { $0.phase == .reading && $0.isAtEnd && $0.records.isEmpty }.map { ($0.shard, $0.last.position) }
    }
    guard !ends.isEmpty, let store, let sent = try? store.relayed(to: settings.topic) else {
      stalled = [:]
      return
    }
    var looked: [Int: (position: Int64, sent: Int64)] = [:]
    for (shard, position) in ends {
      guard let now = sent[shard], now > position else { continue }
      if let before = stalled[shard], before.position == position {
        healStall(shard, until: before.sent)
      } else {
        looked[shard] = (position, now)
      }
    }
    stalled = looked
  }

  private func healStall(_ shard: Int, until position: Int64) {
    let reason = "the partition ends before event \(position), which was sent: the topic was made anew or cut"
    member.state.withLock { state in
      guard state.shards[shard]?.phase == .reading, state.shards[shard]!.last.position < position else { return }
      _ = state.shards[shard]!.heal(until: position, reason)
      state.isMoved = true
    }
    member.metrics.heals.add()
    member.logger.warning("healing a shard from the event store", ["shard": "\(shard)", "reason": reason])
  }
}

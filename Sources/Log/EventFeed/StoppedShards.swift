package import Runtime

/// The shards that cannot be read on: why, and when each is tried again. Lives longer than one session of its reader,
/// so that a reason that stays the same is logged once. Used by one thread.
package final class StoppedShards {
  private struct Stop {
    var fault: FeedFault
    /// When it is tried again; nil: it is being tried.
    var retryAt: UInt64?
  }

  private let retry: Duration
  private let logger: Logger
  private var stops: [Int: Stop] = [:]

  /// - Parameter retry: how long a shard is left alone after a try.
  package init(retry: Duration, logger: Logger) {
    self.retry = retry
    self.logger = logger
  }

  /// By shard, those included that are being tried.
  package var faults: [FeedFault] { stops.values.map(\.fault).sorted { $0.shard < $1.shard } }

  /// Nothing of it is to be read for now.
  package func isLeftOut(_ shard: Int) -> Bool { stops[shard]?.retryAt != nil }

  /// The shard cannot be read on.
  package func note(_ fault: FeedFault) {
    let isNew = stops[fault.shard]?.fault != fault
    stops[fault.shard] = Stop(fault: fault, retryAt: MonotonicClock.deadline(after: retry))
    guard isNew else { return }
    logger.error(
      "shard stopped",
      [
        "shard": "\(fault.shard)", "position": "\(fault.position)", "reason": fault.reason, "remedy": fault.remedy,
      ])
  }

  /// Those whose time has come are to be tried. Returns whether there are any.
  package func tryDue() -> Bool {
    let now = MonotonicClock.now
    let due = stops.filter { $0.value.retryAt.map { $0 <= now } ?? false }.keys
    for shard in due { stops[shard]?.retryAt = nil }
    return !due.isEmpty
  }

  /// All are to be tried.
  package func tryAll() {
    for shard in stops.keys { stops[shard]?.retryAt = nil }
  }

  /// Finds out which of those that are being tried go on.
  /// - Parameter isThrough: whether what could not be read has been read by now, or is not there any more.
  package func settle(_ isThrough: (FeedFault) -> Bool) -> [Int] {
    var settled: [Int] = []
    for (shard, stop) in stops where stop.retryAt == nil && isThrough(stop.fault) {
      settled.append(shard)
      stops[shard] = nil
      logger.info("shard goes on", ["shard": "\(shard)", "position": "\(stop.fault.position)"])
    }
    return settled
  }

  /// Forgets the others: they are another projector's.
  package func keep(_ isKept: (Int) -> Bool) {
    stops = stops.filter { isKept($0.key) }
  }
}

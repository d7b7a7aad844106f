import EventFeed
import Runtime

/// The shards that cannot be read on: why, and when each is tried again. Lives as long as the engine, so that a reason that
/// stays the same is logged once. Confined to the engine's thread.
final class StoppedShards {
  private struct Stop {
    var fault: FeedFault
    /// When it is tried again; nil: it is being tried.
    var retryAt: UInt64?
  }

  private let retry: Duration
  private let logger: Logger
  private var stops: [Int: Stop] = [:]

  /// - Parameter retry: how long a shard is left alone after a try.
  init(retry: Duration, logger: Logger) {
    self.retry = retry
    self.logger = logger
  }

  /// By shard, those included that are being tried.
  var faults: [FeedFault] { stops.values.map(\.fault).sorted { $0.shard < $1.shard } }

  /// Nothing of it is to be read for now.
  func isLeftOut(_ shard: Int) -> Bool { stops[shard]?.retryAt != nil }

  /// The shard cannot be read on.
  func note(_ fault: FeedFault) {
    let isNew = stops[fault.shard]?.fault != fault
    stops[fault.shard] = Stop(fault: fault, retryAt: MonotonicClock.deadline(after: retry))
    guard isNew else { return }
    logger.error(
      "shard stopped",
      [
        "shard": "\(fault.shard)", "position": "\(fault.position)", "reason": fault.reason, "remedy": fault.remedy,
      ])
  }

  /// Those whose time has come are tried with the next order. Returns whether there are any.
  func tryDue() -> Bool {
    let now = MonotonicClock.now
    let due = stops.filter { $0.value.retryAt.map { $0 <= now } ?? false }.keys
    for shard in due { stops[shard]?.retryAt = nil }
    return !due.isEmpty
  }

  /// All are tried with the next order.
  func tryAll() {
    for shard in stops.keys { stops[shard]?.retryAt = nil }
  }

  /// Finds out which of those that are being tried go on: where they stood, there is an event that can be read, or nothing
  /// any more.
  /// - Parameter generation: of the order by which they are tried.
  func settle(_ report: ReaderReport, under generation: Int) -> [Int] {
    guard report.generation == generation else { return [] }
    var settled: [Int] = []
    for (shard, stop) in stops where stop.retryAt == nil {
      guard let read = report.read[shard], let head = report.heads[shard], read >= min(stop.fault.position, head)
      else { continue }
      settled.append(shard)
      stops[shard] = nil
      logger.info("shard goes on", ["shard": "\(shard)", "position": "\(stop.fault.position)"])
    }
    return settled
  }

  /// Forgets the others: they are another projector's.
  func keep(_ isKept: (Int) -> Bool) {
    stops = stops.filter { isKept($0.key) }
  }
}

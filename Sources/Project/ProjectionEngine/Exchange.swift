import EventFeed
import Postgres
import Runtime

/// Between the engine's thread and the reader's: orders one way, at most one batch the other. All of it may be called from
/// any thread; the names say which one does.
final class Exchange: Sendable {
  /// What the engine's thread gets.
  enum Arrival {
    case batch(ReaderBatch)
    /// The reader cannot go on under this order.
    case failed(FeedError)
    /// It has changed, or is changing, whose the shards are.
    case claimsChanged
    case stopping
  }

  private struct State {
    var isStopping = false
    var haveClaimsChanged = false
    var order: ReaderOrder?
    var batch: ReaderBatch?
    var failure: FeedError?
    var report = ReaderReport()
    /// When the oldest event was recorded that the engine was given and has not flushed.
    var applyingSince: Int64?

    /// The batch goes to the engine, or is lost with its order: what is in it is not in the rows.
    mutating func takeBatch() -> ReaderBatch? {
      defer { batch = nil }
      applyingSince = [applyingSince, batch?.oldestRecordedAt].compactMap { $0 }.min()
      return batch
    }
  }

  private let state = Monitor(State())
  /// Ends the reader's wait for notifications.
  let readerWake = WakeDescriptor()

  // MARK: Anybody

  func stop() {
    state.withLock { $0.isStopping = true }
    wakeAll()
  }

  var isStopping: Bool { state.withLock { $0.isStopping } }

  var report: ReaderReport { state.withLock { $0.report } }

  /// When the oldest event was recorded that is not in the rows, as far as known, nanoseconds since 1970.
  var oldestPending: Int64? {
    state.withLock { state in
      [state.applyingSince, state.batch?.oldestRecordedAt, state.report.oldestUnread].compactMap { $0 }.min()
    }
  }

  /// Makes the engine look at its claims at once.
  func claimsChanged() {
    state.withLock { $0.haveClaimsChanged = true }
    state.broadcast()
  }

  // MARK: Engine

  /// Something is more urgent than a long round of work.
  var isInterrupted: Bool { state.withLock { $0.isStopping || $0.haveClaimsChanged } }

  /// Replaces the order; nil: nothing is to be read.
  func give(_ order: ReaderOrder?) {
    state.withLock {
      $0.order = order
      _ = $0.takeBatch()
      $0.failure = nil
    }
    wakeAll()
  }

  /// What is to be done next; nil after the deadline.
  /// - Parameter takesBatches: false: a batch has to wait.
  func next(until deadline: UInt64, takesBatches: Bool) -> Arrival? {
    let arrival: Arrival? = state.wait(until: deadline) { state in
      if state.isStopping { return .stopping }
      if state.haveClaimsChanged {
        state.haveClaimsChanged = false
        return .claimsChanged
      }
      if takesBatches, let batch = state.takeBatch() { return .batch(batch) }
      if let failure = state.failure {
        state.failure = nil
        return .failed(failure)
      }
      return nil
    }
    // The reader may fetch the next one while the engine works on this one.
    if case .batch = arrival { state.broadcast() }
    return arrival
  }

  /// All that the engine was given is in the rows.
  func flushed() {
    state.withLock { $0.applyingSince = nil }
  }

  /// Waits before another try; ends early when stopping.
  func pause(_ duration: Duration) {
    _ = state.wait(until: MonotonicClock.deadline(after: duration)) { $0.isStopping ? true : nil }
  }

  // MARK: Reader

  /// The order to read under, once the engine has taken the last batch. Nil: stop.
  func awaitOrder() -> ReaderOrder? {
    let found: ReaderOrder?? = state.wait { state in
      if state.isStopping { return .some(nil) }
      guard let order = state.order, state.batch == nil, state.failure == nil else { return nil }
      return .some(order)
    }
    return found ?? nil
  }

  func put(_ batch: ReaderBatch) {
    state.withLock { if $0.order?.generation == batch.generation { $0.batch = batch } }
    state.broadcast()
  }

  func fail(_ error: FeedError, generation: Int) {
    state.withLock { if $0.order?.generation == generation { $0.failure = error } }
    state.broadcast()
  }

  func report(_ change: (inout ReaderReport) -> Void) {
    state.withLock { change(&$0.report) }
  }

  /// Waits until `deadline`; ends early when stopping or under another order.
  func pauseReader(until deadline: UInt64, generation: Int) {
    _ = state.wait(until: deadline) { state in
      state.isStopping || state.order?.generation != generation ? true : nil
    }
  }

  private func wakeAll() {
    state.broadcast()
    readerWake.wake()
  }
}

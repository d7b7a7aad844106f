import Runtime

/// What reader, connections and the thread that watches them share. Any thread.
final class SendBoard: Sendable {
  /// At most this many batches are behind the watermark: what is remembered while one batch is tried again and again.
  static let windowLimit = 64
  /// Past this many rejected records that are kept in memory, no batch is begun.
  static let rejectedLimit = 100_000

  private struct State {
    var queue: [RawBatch] = []
    var watermark: Watermark
    var rejected: [RejectedRecord] = []
    var isInputRead = false
    var failure: SendError?
    var threads: Int
    var isStopping = false
  }

  /// What the watching thread takes.
  struct Snapshot {
    let watermark: Watermark
    /// Rejected before the watermark, and not taken yet.
    let rejected: [RejectedRecord]
    let isEnded: Bool
    let isInputRead: Bool
    let failure: SendError?
  }

  private let state: Monitor<State>
  private let queueLimit: Int

  /// `threads`: the reader and the connections.
  init(_ watermark: Watermark, queueLimit: Int, threads: Int) {
    state = Monitor(State(watermark: watermark, threads: threads))
    self.queueLimit = queueLimit
  }

  /// Waits for room. False: stopped.
  func push(_ batch: RawBatch) -> Bool {
    let place = batch.place
    return state.wait { state -> Bool? in
      if state.isStopping { return false }
      guard state.queue.count < self.queueLimit, state.watermark.open < Self.windowLimit,
        state.rejected.count + state.watermark.rejectedBehind < Self.rejectedLimit
      else { return nil }
      state.watermark.dispatched(place, at: WallClock.now)
      state.queue.append(batch)
      self.state.broadcast()
      return true
    } ?? false
  }

  /// Nil: there are no more, or it is stopped.
  func pop() -> RawBatch? {
    let taken = state.wait { state -> RawBatch?? in
      if state.isStopping { return .some(nil) }
      if !state.queue.isEmpty { return state.queue.removeFirst() }
      return state.isInputRead ? .some(nil) : nil
    }
    state.broadcast()
    return taken ?? nil
  }

  func done(_ batch: RawBatch, _ outcome: BatchOutcome) {
    state.withLock { $0.rejected += $0.watermark.done(batch.number, outcome) }
    state.broadcast()
  }

  func inputRead() {
    state.withLock { $0.isInputRead = true }
    state.broadcast()
  }

  func fail(_ error: SendError) {
    state.withLock { state in
      if state.failure == nil { state.failure = error }
      state.isStopping = true
    }
    state.broadcast()
  }

  func stop() {
    state.withLock { $0.isStopping = true }
    state.broadcast()
  }

  func threadEnded() {
    state.withLock { $0.threads -= 1 }
    state.broadcast()
  }

  /// Waits until all threads have ended, at most until `deadline`.
  func snapshot(until deadline: UInt64) -> Snapshot {
    _ = state.wait(until: deadline) { $0.threads == 0 ? true : nil }
    let snapshot = state.withLock { state in
      defer { state.rejected = [] }
      return Snapshot(
        watermark: state.watermark, rejected: state.rejected, isEnded: state.threads == 0,
        isInputRead: state.isInputRead, failure: state.failure)
    }
    state.broadcast()
    return snapshot
  }
}

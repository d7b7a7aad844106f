import Runtime

/// Runs what the appender hands over, in order: giving the answers of a committed group while the next one is on its way
/// to the disk. One thread, started in `init`, ended by `stop`.
final class AnswerThread: WorkQueue {

  /// Groups that may wait to be answered. When answering is slower than committing, the appender waits.
  private static let waitingLimit = 16

  private struct State {
    var waiting: [Work] = []
    var isStopped = false
  }

  private let monitor: Monitor<State>
  private let thread: OwnedThread

  init() {
    let monitor = Monitor(State())
    self.monitor = monitor
    thread = OwnedThread("daybook-answer") {
      while let work = Self.take(monitor) {
        for item in work { item() }
      }
    }
  }

  /// Blocks while `waitingLimit` are waiting.
  func run(_ work: @escaping Work) {
    _ = monitor.wait { state in
      guard state.waiting.count < Self.waitingLimit else { return nil as Bool? }
      state.waiting.append(work)
      return true
    }
    monitor.broadcast()
  }

  /// Waits until all that was handed over is done.
  func stop() {
    monitor.withLock { $0.isStopped = true }
    monitor.broadcast()
    thread.join()
  }

  private static func take(_ monitor: Monitor<State>) -> [Work]? {
    let taken: [Work]? = monitor.wait { state in
      guard !state.waiting.isEmpty else { return state.isStopped ? [] : nil }
      defer { state.waiting = [] }
      return state.waiting
    }
    guard let taken, !taken.isEmpty else { return nil }
    monitor.broadcast()
    return taken
  }
}

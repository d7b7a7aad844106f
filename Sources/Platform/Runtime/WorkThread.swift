/// A thread that runs what is handed to it, in order. Started in `init`, ended by `stop`.
package final class WorkThread: WorkQueue {
  private struct State {
    var waiting: [Work] = []
    var isStopped = false
  }

  private let waitingLimit: Int
  private let monitor: Monitor<State>
  private let thread: OwnedThread

  /// - Parameter waitingLimit: works that may wait. Where they are as many, whoever hands over another one waits.
  package init(_ name: String, waitingLimit: Int = 16) {
    let monitor = Monitor(State())
    self.monitor = monitor
    self.waitingLimit = waitingLimit
    thread = OwnedThread(name) {
      while let works = Self.take(monitor) {
        for work in works { work() }
      }
    }
  }

  package func run(_ work: @escaping Work) {
    let isTaken: Bool? = monitor.wait { state in
      if state.isStopped { return false }
      guard state.waiting.count < waitingLimit else { return nil }
      state.waiting.append(work)
      return true
    }
    if isTaken == true { monitor.broadcast() } else { work() }
  }

  /// Waits until all that was handed over is done. To be called once.
  package func stop() {
    monitor.withLock { $0.isStopped = true }
    monitor.broadcast()
    thread.join()
  }

  /// What waits, all at once; nil when there is nothing and nothing will come.
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

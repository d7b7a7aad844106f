import Runtime
import Synchronization

/// Watches the memory of process trees while something else goes on.
final class MemoryWatch: Sendable {
  private struct State {
    var stopped = false
    var peakBytes = 0
    var peakByName: [String: Int] = [:]
  }
  private let state = Monitor(State())
  private let thread = Mutex<OwnedThread?>(nil)

  /// `processIDs`: the roots of the trees; what is below them counts with them.
  init(processIDs: [Int32], every interval: Duration = .milliseconds(200)) {
    let state = state
    thread.withLock {
      $0 = OwnedThread("memory-watch") {
        while true {
          let tree = processIDs.flatMap { ProcessUsage.tree(of: $0) }
          let sums = Dictionary(tree.map { ($0.name, $0.pssBytes) }, uniquingKeysWith: +)
          let total = sums.values.reduce(0, +)
          state.withLock {
            $0.peakBytes = max($0.peakBytes, total)
            $0.peakByName.merge(sums) { max($0, $1) }
          }
          let deadline = MonotonicClock.deadline(after: interval)
          if state.wait(until: deadline, { $0.stopped ? true : nil }) != nil { return }
        }
      }
    }
  }

  /// Ends the watch; the highest sum over all processes, and each name's own highest.
  func stop() -> (peakBytes: Int, byName: [String: Int]) {
    state.withLock { $0.stopped = true }
    state.broadcast()
    thread.withLock {
      $0?.join()
      $0 = nil
    }
    return state.withLock { ($0.peakBytes, $0.peakByName) }
  }
}

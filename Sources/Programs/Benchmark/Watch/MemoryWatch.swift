import Runtime
import Synchronization

/// Watches the memory of process trees while something else goes on.
package final class MemoryWatch: Sendable {
  private struct State {
    var stopped = false
    var peak = MemoryPeak()
    var latest: [String: Int] = [:]
  }
  private let state = Monitor(State())
  private let thread = Mutex<OwnedThread?>(nil)

  /// - Parameters:
  ///   - processIDs: the roots of the trees; what is below them counts with them.
  ///   - interval: reading a process's share of memory costs that process nothing, but the machine some time.
  package init(processIDs: [Int32], every interval: Duration = .milliseconds(200)) {
    guard !processIDs.isEmpty else { return }
    let state = state
    thread.withLock {
      $0 = OwnedThread("memory-watch") {
        while true {
          let sums = MemoryPeak.byName(ProcessUsage.trees(of: processIDs))
          state.withLock {
            $0.peak.take(sums)
            $0.latest = sums
          }
          let deadline = MonotonicClock.deadline(after: interval)
          if state.wait(until: deadline, { $0.stopped ? true : nil }) != nil { return }
        }
      }
    }
  }

  /// Bytes by name of process, when last looked.
  package var latest: [String: Int] { state.withLock { $0.latest } }

  /// Ends the watch.
  package func stop() -> MemoryPeak {
    state.withLock { $0.stopped = true }
    state.broadcast()
    thread.withLock {
      $0?.join()
      $0 = nil
    }
    return state.withLock { $0.peak }
  }
}

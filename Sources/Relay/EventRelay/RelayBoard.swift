import EventFeed
import Runtime
import Synchronization

/// What the relay's thread and the others share: the status one way, the end the other. Any thread.
final class RelayBoard: Sendable {
  private struct State {
    var isStopping = false
    var status: RelayStatus
  }

  private let state: Monitor<State>
  /// Ends the wait for events.
  let wake = WakeDescriptor()

  init(topic: String) { state = Monitor(State(status: RelayStatus(topic: topic))) }

  var status: RelayStatus { state.withLock { $0.status } }
  var isStopping: Bool { state.withLock { $0.isStopping } }

  var lags: [FeedLag] {
    get { status.lags }
    set { state.withLock { $0.status.lags = newValue } }
  }

  func stop() {
    state.withLock { $0.isStopping = true }
    state.broadcast()
    wake.wake()
  }

  func publish(_ change: (inout RelayStatus) -> Void) {
    state.withLock {
      change(&$0.status)
      $0.status.aliveAt = MonotonicClock.now
    }
  }

  /// Waits; ends early when stopping.
  func pause(until deadline: UInt64) {
    _ = state.wait(until: deadline) { $0.isStopping ? true : nil }
  }
}

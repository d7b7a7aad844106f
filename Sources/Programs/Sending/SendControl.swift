import Runtime

/// What the threads of one run say to each other: to stop, who waits and why. Any thread.
final class SendControl: Sendable {
  private struct State {
    var isStopping = false
    var waiting: [Int: String] = [:]
  }

  private let state = Monitor(State())

  /// From now on no new batch is begun and no pause is finished.
  func stop() {
    state.withLock { $0.isStopping = true }
    state.broadcast()
  }

  var isStopping: Bool { state.withLock { $0.isStopping } }

  /// Why requests are not answered now; nil while all is well.
  var problem: String? { state.withLock { $0.waiting.min { $0.key < $1.key }?.value } }

  func waiting(_ connection: Int, _ problem: String) { state.withLock { $0.waiting[connection] = problem } }

  func flowing(_ connection: Int) { state.withLock { _ = $0.waiting.removeValue(forKey: connection) } }

  /// False: stopped before the time was over.
  func sleep(_ duration: Duration) -> Bool {
    state.wait(until: MonotonicClock.deadline(after: duration)) { $0.isStopping ? true : nil } == nil
  }
}

import Synchronization

/// What several writing threads have done.
final class WriterTally: Sendable {
  private struct State {
    var running: Int
    var last = Array(repeating: Int64(0), count: 8)
    var failures: [String] = []
  }

  private let state: Mutex<State>

  init(writers: Int) { state = Mutex(State(running: writers)) }

  var isDone: Bool { state.withLock { $0.running == 0 } }
  /// The highest position per shard.
  var last: [Int64] { state.withLock { $0.last } }
  var failures: [String] { state.withLock { $0.failures } }

  func reached(_ shard: Int, _ position: Int64) {
    state.withLock { $0.last[shard] = max($0.last[shard], position) }
  }

  func failed(_ reason: String) { state.withLock { $0.failures.append(reason) } }
  func finished() { state.withLock { $0.running -= 1 } }
}

import Synchronization

/// Counts the store's notifications of progress, and whether they are listened to. From any thread.
final class ReadNews: Sendable {
  private struct State {
    var count: UInt64 = 0
    var isListening = false
  }

  private let state = Mutex(State())

  /// How many have come; nil while nobody listens. Two equal numbers say that none came in between.
  var count: UInt64? { state.withLock { $0.isListening ? $0.count : nil } }

  /// One came, or listening has begun: what came before that was not heard.
  func heard() {
    state.withLock { state in
      state.count += 1
      state.isListening = true
    }
  }

  func stoppedListening() { state.withLock { $0.isListening = false } }
}

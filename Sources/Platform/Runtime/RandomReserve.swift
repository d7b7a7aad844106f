import Glibc
import Synchronization

/// Random bits from the kernel, fetched many at a time: a system call for each id of each request costs a microsecond.
/// Any thread.
final class RandomReserve: Sendable {
  static let shared = RandomReserve()

  /// Words of one fetch: 256 bytes are what getrandom(2) gives without being interrupted.
  private static let fetched = 32

  private struct State {
    var words = [UInt64](repeating: 0, count: RandomReserve.fetched)
    var next = RandomReserve.fetched
  }

  private let state = Mutex(State())

  /// Two words that nobody else gets.
  func next() -> (UInt64, UInt64) {
    state.withLock { state in
      if state.next + 2 > Self.fetched {
        state.words.withUnsafeMutableBytes { words in
          if let base = words.baseAddress { arc4random_buf(base, words.count) }
        }
        state.next = 0
      }
      defer { state.next += 2 }
      return (state.words[state.next], state.words[state.next + 1])
    }
  }
}

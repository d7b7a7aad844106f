import Runtime
import Synchronization

/// The memory of answers that wait for their clients to read them.
///
/// There is a limit for all of them together. Where it is met, those who have been reading for longest give way: a client
/// that reads a byte a second holds what it was given only as long as nobody else needs the room.
final class HTTPAnswers: Sendable {
  /// Answers up to this size are not counted: even with all connections open they are few bytes, and what says that
  /// something was written must not be refused for want of room.
  static let uncountedLimit = 64 << 10
  /// How long every client may take, whoever waits. A client on the same machine reads 64 MiB in a tenth of it.
  private static let patience = Duration.seconds(1)

  private struct Entry {
    let bytes: Int
    let since: UInt64
    var isCut = false
  }

  private struct State {
    var entries: [ObjectIdentifier: Entry] = [:]
    /// Bytes of all entries.
    var total = 0
    /// Bytes of those whose connection was cut and that are about to be freed.
    var cut = 0
  }

  private let limit: Int
  private let state = Mutex(State())

  init(limit: Int) { self.limit = limit }

  /// Bytes held at this moment.
  var bytes: Int { state.withLock { $0.total } }

  /// Takes room for `exchange`'s answer, until `release`. Nil: there is none. Otherwise the exchanges whose connections
  /// are to be cut for it, most often none.
  func take(_ bytes: Int, for exchange: ObjectIdentifier, now: UInt64) -> [ObjectIdentifier]? {
    state.withLock { state in
      let needed = state.total - state.cut + bytes - limit
      var victims: [ObjectIdentifier] = []
      if needed > 0 {
        guard let found = Self.victims(state.entries, freeing: needed, now) else { return nil }
        victims = found
        for victim in victims {
          state.entries[victim]?.isCut = true
          state.cut += state.entries[victim]?.bytes ?? 0
        }
      }
      state.entries[exchange] = Entry(bytes: bytes, since: now)
      state.total += bytes
      return victims
    }
  }

  /// The answer is gone, well or not. Nothing happens for an exchange that holds nothing.
  func release(_ exchange: ObjectIdentifier) {
    state.withLock { state in
      guard let entry = state.entries.removeValue(forKey: exchange) else { return }
      state.total -= entry.bytes
      if entry.isCut { state.cut -= entry.bytes }
    }
  }

  /// The oldest entries that have had their time and hold `bytes` together; nil when they do not.
  private static func victims(
    _ entries: [ObjectIdentifier: Entry], freeing bytes: Int, _ now: UInt64
  ) -> [ObjectIdentifier]? {
    let patience = UInt64(Self.patience.nanoseconds)
    let late = entries.filter { !$0.value.isCut && now - $0.value.since >= patience }.sorted {
      $0.value.since < $1.value.since
    }
    var victims: [ObjectIdentifier] = []
    var freed = 0
    for (exchange, entry) in late where freed < bytes {
      victims.append(exchange)
      freed += entry.bytes
    }
    return freed >= bytes ? victims : nil
  }
}

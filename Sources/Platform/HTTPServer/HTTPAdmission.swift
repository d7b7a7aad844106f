import Synchronization

/// The bytes that all request bodies may take together.
final class HTTPAdmission: Sendable {
  let limit: Int
  private let taken = Atomic<Int>(0)

  init(limit: Int) { self.limit = limit }

  /// Bytes reserved and not released.
  var inFlight: Int { taken.load(ordering: .relaxed) }

  /// Whether `bytes` more would fit at this moment. Reserves nothing.
  func hasRoom(for bytes: Int) -> Bool { bytes <= limit - inFlight }

  /// Takes `bytes`, or nothing at all. Never waits, so that nobody can deadlock holding half of what he needs.
  func reserve(_ bytes: Int) -> Bool {
    var seen = taken.load(ordering: .relaxed)
    while bytes <= limit - seen {
      let (exchanged, original) = taken.weakCompareExchange(
        expected: seen, desired: seen + bytes, ordering: .relaxed)
      if exchanged { return true }
      seen = original
    }
    return false
  }

  func release(_ bytes: Int) {
    taken.wrappingSubtract(bytes, ordering: .relaxed)
  }
}

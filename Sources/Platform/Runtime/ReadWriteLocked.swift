/// State that many threads read at once and one changes: the state can be reached only through the lock.
///
/// `@unchecked Sendable`: `state` is read under the read lock and changed under the write lock only, and what the bodies
/// are lent cannot outlive them as long as they copy no pointer out of it.
package final class ReadWriteLocked<State: ~Copyable>: @unchecked Sendable {
  private let lock = ReadWriteLock()
  private var state: State

  package init(_ state: consuming sending State) {
    self.state = state
  }

  /// Runs `body` beside other readers. It must not enter the same lock again.
  package func withReadLock<Result>(_ body: (borrowing State) throws -> Result) rethrows -> Result {
    try lock.withReadLock { try body(state) }
  }

  /// Runs `body` alone.
  package func withWriteLock<Result>(_ body: (inout State) throws -> Result) rethrows -> Result {
    try lock.withWriteLock { try body(&state) }
  }
}

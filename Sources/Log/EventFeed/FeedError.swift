package import Events
package import Postgres

/// Why a feed does not go on.
package enum FeedError: Error, CustomStringConvertible, Sendable {
  /// What a loop does about it.
  package enum Disposition: Sendable {
    /// Connect again and go on.
    case retry
    /// The same again fails again: stop, and say so.
    case fatal
  }

  case postgres(PostgresError)
  /// The store is not the one, or not in the state, that the reader's cursor comes from: it was restored from a backup or
  /// changed by hand. Going on would mix two histories.
  case storeChanged(shard: Int, position: Int64, reason: String)
  case otherStore(expected: StoreIdentity, actual: StoreIdentity)
  /// An event whose payload cannot be read, or that a newer Daybook wrote.
  case unreadable(shard: Int, position: Int64, reason: String)
  /// There is no event store where one was expected.
  case noStore

  package var disposition: Disposition {
    if case .postgres(let error) = self, error.disposition == .retry { return .retry }
    return .fatal
  }

  package var description: String {
    switch self {
    case .postgres(let error): error.description
    case .storeChanged(let shard, let position, let reason):
      "cannot read on after event \(position) of shard \(shard): \(reason): the event store was restored or changed; "
        + "if it was restored from a backup, run daybook migrate --restored"
    case .otherStore(let expected, let actual):
      "cannot read events: expected \(expected), actual \(actual)"
    case .unreadable(let shard, let position, let reason):
      "cannot read event \(position) of shard \(shard): \(reason)"
    case .noStore: "cannot read events: this database has no event store; run daybook migrate"
    }
  }
}

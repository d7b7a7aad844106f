package import Events
package import Postgres

/// Why a feed does not go on at all. What is wrong with a single shard is a `FeedFault`.
package enum FeedError: Error, CustomStringConvertible, Sendable {
  /// What a loop does about it.
  package enum Disposition: Sendable {
    /// Connect again and go on.
    case retry
    /// The same again fails again: stop, and say so.
    case fatal
  }

  case postgres(PostgresError)
  /// A source of events other than Postgres is away; the text says which, and why.
  case unavailable(String)
  case otherStore(expected: StoreIdentity, actual: StoreIdentity)
  /// There is no event store where one was expected.
  case noStore

  package var disposition: Disposition {
    switch self {
    case .postgres(let error): error.disposition == .retry ? .retry : .fatal
    case .unavailable: .retry
    case .otherStore, .noStore: .fatal
    }
  }

  package var description: String {
    switch self {
    case .postgres(let error): error.description
    case .unavailable(let reason): reason
    case .otherStore(let expected, let actual):
      "cannot read events: expected \(expected), actual \(actual)"
    case .noStore: "cannot read events: this database has no event store; run daybook migrate"
    }
  }
}

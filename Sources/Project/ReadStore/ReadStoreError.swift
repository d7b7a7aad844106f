package import Events

/// Why the read store did not do what was asked, beside what Postgres says (`PostgresError`).
package enum ReadStoreError: Error, CustomStringConvertible, Sendable {
  /// What a loop does about it.
  package enum Disposition: Sendable {
    /// Drop what memory holds, take the shards again, go on.
    case retry
    /// The same again fails again; a person has to do something.
    case fatal
  }

  /// Progress or epoch are not what this projector knows: another one has taken a shard. Nothing was written.
  case fenced(expected: Int, actual: Int)
  /// The build's rows come from another store, or from before a backup was restored.
  case otherStore(build: String, expected: StoreIdentity, actual: StoreIdentity)
  case noSuchProgress(BuildShard)

  package var disposition: Disposition {
    switch self {
    case .fenced, .noSuchProgress: .retry
    case .otherStore: .fatal
    }
  }

  package var description: String {
    switch self {
    case .fenced(let expected, let actual):
      "cannot write to the read store: expected to hold \(expected) shards of builds, actual \(actual): another "
        + "projector has taken the others"
    case .otherStore(let build, let expected, let actual):
      "cannot project into \(build): expected events of \(expected), actual \(actual): "
        + (expected.isSameStore(as: actual)
          ? "if the event store was restored from a backup, run daybook migrate --restored"
          : "use the read database that belongs to this event store, or an empty one")
    case .noSuchProgress(let shard):
      "cannot take \(shard): it has no progress row; the build was dropped"
    }
  }
}

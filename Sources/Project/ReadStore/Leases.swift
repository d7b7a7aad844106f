package import Postgres

/// Who projects which shard of which build, without Kafka: advisory locks of a connection of its own. One thread.
///
/// A lease keeps two projectors from doing the same work; it does not protect the rows (see `Fence`). So nothing goes wrong
/// when this connection dies before the one that writes: everything is let go, and the next holder raises the epochs.
package final class Leases: ShardClaims {
  private let locks: PostgresSessionLocks

  package init(_ address: PostgresAddress, application: String) throws(PostgresError) {
    locks = try PostgresSessionLocks(address, application: application)
  }

  /// The server has closed the connection, and with it the leases. Does not block.
  package func noticeIfClosed() -> Bool { locks.noticeIfClosed() }

  package func check() throws {
    if noticeIfClosed() {
      throw PostgresError(
        "project", message: "the read store has closed the connection of the leases", isConnectionLost: true)
    }
  }

  /// Whoever has a lease keeps it.
  package func isUnsettled() -> Bool { false }
  package func lost(of held: Set<BuildShard>) -> Set<BuildShard> { [] }
  package func flushed(_ offsets: [Int: Int64]) {}

  /// Tries each of `wanted` that is not held, without waiting, in one round trip; returns those that it got.
  package func take(_ wanted: [BuildShard]) throws(PostgresError) -> [BuildShard] {
    let taken = Set(try locks.take(wanted.sorted().map(key)))
    return wanted.filter { taken.contains(key($0)) }
  }

  /// Lets go of `shards`, so that another projector can have them.
  package func release(_ shards: [BuildShard]) throws(PostgresError) { try locks.release(shards.map(key)) }

  /// Builds have positive numbers; other sorts of locks in the same database have negative ones.
  private func key(_ shard: BuildShard) -> PostgresSessionLocks.Key {
    PostgresSessionLocks.Key(sort: shard.build, number: Int32(truncatingIfNeeded: shard.shard))
  }
}

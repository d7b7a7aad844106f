package import Postgres

/// Who projects which shard of which build, without Kafka: advisory locks of one connection, which does nothing else, so
/// that they last exactly as long as the process (or until the server loses sight of it). One thread.
///
/// A lease keeps two projectors from doing the same work; it does not protect the rows (see `Fence`). So nothing goes wrong
/// when this connection dies before the one that writes: everything is let go, and the next holder raises the epochs.
package final class Leases: ShardClaims {
  private let connection: PostgresConnection
  package private(set) var held: Set<BuildShard> = []

  package init(_ address: PostgresAddress, application: String) throws(PostgresError) {
    connection = try PostgresConnection(address, application: application)
  }

  package var isBroken: Bool { connection.isBroken }

  /// The server has closed the connection, and with it the leases. Does not block.
  package func noticeIfClosed() -> Bool { connection.noticeIfClosed() }

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

  /// Tries each of `shards` that is not held, without waiting, in one round trip; returns those that it got.
  package func take(_ shards: some Sequence<BuildShard>) throws(PostgresError) -> [BuildShard] {
    // The locks of one session add up: asking twice would need letting go twice.
    let wanted = shards.filter { !held.contains($0) }.sorted()
    if wanted.isEmpty { return [] }
    let result = try connection.query(Self.tryLock, Self.parameters(wanted))
    var taken: [BuildShard] = []
    for (row, shard) in wanted.enumerated() where try result.bool(row, 0) { taken.append(shard) }
    held.formUnion(taken)
    return taken
  }

  /// Lets go of `shards`, so that another projector can have them.
  package func release(_ shards: some Sequence<BuildShard>) throws(PostgresError) {
    let known = shards.filter { held.contains($0) }
    if known.isEmpty { return }
    held.subtract(known)
    _ = try connection.query(Self.unlock, Self.parameters(known))
  }

  private static let tryLock = PostgresStatement(
    "try_lease",
    """
    SELECT pg_try_advisory_lock(w.build, w.shard)
    FROM unnest($1, $2) WITH ORDINALITY AS w (build, shard, place) ORDER BY w.place
    """)

  private static let unlock = PostgresStatement(
    "release_lease", "SELECT pg_advisory_unlock(w.build, w.shard) FROM unnest($1, $2) AS w (build, shard)")

  private static func parameters(_ shards: [BuildShard]) -> PostgresParameters {
    var parameters = PostgresParameters()
    parameters.int32Array(shards.map(\.build))
    parameters.int32Array(shards.map { Int32(truncatingIfNeeded: $0.shard) })
    return parameters
  }
}

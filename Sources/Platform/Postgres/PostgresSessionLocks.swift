/// Advisory locks that a connection holds until it ends or lets go of them. Used by one thread. Each lock has two keys:
/// the first tells what sort of thing is locked.
///
/// The connection does nothing else, so that the locks last exactly as long as the process, or until the server loses
/// sight of it. So they keep two processes from doing the same work; what they write has to be fenced by itself.
package final class PostgresSessionLocks {
  package struct Key: Hashable, Sendable {
    package let sort: Int32
    package let number: Int32

    package init(sort: Int32, number: Int32) {
      self.sort = sort
      self.number = number
    }
  }

  private let connection: PostgresConnection
  package private(set) var held: Set<Key> = []

  package init(_ address: PostgresAddress, application: String) throws(PostgresError) {
    connection = try PostgresConnection(address, application: application)
  }

  package var isBroken: Bool { connection.isBroken }

  /// The server has closed the connection, and with it the locks. Does not block.
  package func noticeIfClosed() -> Bool { connection.noticeIfClosed() }

  /// Tries each of `keys` that is not held, without waiting, in one round trip; returns those that it got.
  package func take(_ keys: [Key]) throws(PostgresError) -> [Key] {
    // The locks of one session add up: asking twice would need letting go twice.
    let wanted = keys.filter { !held.contains($0) }
    if wanted.isEmpty { return [] }
    let result = try connection.query(Self.tryLock, Self.parameters(wanted))
    var taken: [Key] = []
    for (row, key) in wanted.enumerated() where try result.bool(row, 0) { taken.append(key) }
    held.formUnion(taken)
    return taken
  }

  /// Lets go of those of `keys` that are held.
  package func release(_ keys: [Key]) throws(PostgresError) {
    let known = keys.filter { held.contains($0) }
    if known.isEmpty { return }
    held.subtract(known)
    _ = try connection.query(Self.unlock, Self.parameters(known))
  }

  private static let tryLock = PostgresStatement(
    "try_lock",
    """
    SELECT pg_try_advisory_lock(w.sort, w.number)
    FROM unnest($1, $2) WITH ORDINALITY AS w (sort, number, place) ORDER BY w.place
    """)

  private static let unlock = PostgresStatement(
    "release_lock", "SELECT pg_advisory_unlock(w.sort, w.number) FROM unnest($1, $2) AS w (sort, number)")

  private static func parameters(_ keys: [Key]) -> PostgresParameters {
    var parameters = PostgresParameters()
    parameters.int32Array(keys.map(\.sort))
    parameters.int32Array(keys.map(\.number))
    return parameters
  }
}

/// How long each thing may take. Zero means no limit (Postgres' own convention), except for `connect`.
package struct PostgresTimeouts: Sendable, Hashable {
  /// From the first packet until the server is ready, over all hosts of the address.
  package var connect: Duration = .seconds(5)
  /// `statement_timeout`: one statement on the server.
  package var statement: Duration = .seconds(30)
  /// `lock_timeout`: the wait for one lock.
  package var lock: Duration = .seconds(10)
  /// `idle_in_transaction_session_timeout`: a frozen process must not hold its locks for longer.
  package var idleInTransaction: Duration = .seconds(5)
  /// `tcp_user_timeout` and keepalives: unacknowledged bytes, or a peer that vanished without a word.
  package var tcpUser: Duration = .seconds(10)
  /// What the client waits beyond `statement` before it gives a silent server up: the server's own timer must come
  /// first, because its answer leaves the connection usable.
  package var grace: Duration = .seconds(5)

  package init() {}

  package static let standard = PostgresTimeouts()

  /// For work without an upper bound, such as migrations: no statement limit and none while waiting for the answer.
  package static let unlimited: PostgresTimeouts = {
    var timeouts = PostgresTimeouts()
    timeouts.statement = .zero
    timeouts.lock = .zero
    timeouts.idleInTransaction = .zero
    return timeouts
  }()
}

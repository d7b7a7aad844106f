import Events
import Postgres
import Runtime

/// The appender's connection, with the heads as it last saw them. Confined to the appender's thread.
final class StoreSession {
  /// `application_name`, by which services tell each other's sessions from strangers'.
  static let application = "daybook-append"

  let connection: PostgresConnection
  let backend: BackendIdentity?
  private let silenceLimit: Duration
  /// By shard, with what is in flight counted in; nil: not known, or somebody else has moved it.
  private var heads: [ShardHead?]
  /// By shard: the newest that was ever seen, by this session or one before it.
  private var newest: [ShardHead?]

  /// Connects and checks that it is the same store as ever.
  /// - Parameter seen: what the session before this one has seen of the log.
  /// - Throws: with `AppendStatements.storeRestored` when the store has another identity, with `eventsLost` when it has
  ///   the same and its log does not have what was seen.
  init(
    _ address: PostgresAddress, identity: StoreIdentity, seen: [ShardHead], timeouts: PostgresTimeouts
  ) throws(PostgresError) {
    silenceLimit = timeouts.idleInTransaction
    connection = try PostgresConnection(address, application: Self.application, timeouts: timeouts)
    // Whatever the database's defaults are: an acknowledgement means disk, statements see what was committed before them,
    // and a plan must not depend on (or copy) the megabytes in its parameters.
    try connection.execute(
      """
      SET synchronous_commit = on; SET default_transaction_isolation = 'read committed';
      SET default_transaction_read_only = off; SET plan_cache_mode = force_generic_plan
      """)
    let actual = try StoreIdentity.read(from: connection)
    guard actual == identity else {
      throw PostgresError(
        "append to the event store",
        message: "expected \(identity), actual \(actual): a backup was restored, or the database is another one",
        sqlState: AppendStatements.storeRestored)
    }
    backend = try BackendIdentity(of: connection)
    heads = Array(repeating: nil, count: identity.shards)
    newest = heads
    for head in seen where newest.indices.contains(head.shard) { newest[head.shard] = head }
    try checkLog()
  }

  /// What was seen of the log. Everything in it was committed.
  var seen: [ShardHead] { newest.compactMap { $0 } }

  /// A log that has lost what we saw of it was restored from a backup, or a standby took over without the last commits.
  /// Appending to it would give positions out twice within one generation.
  private func checkLog() throws(PostgresError) {
    let seen = seen.filter { $0.position > 0 }
    if seen.isEmpty { return }
    var parameters = PostgresParameters()
    parameters.int32Array(seen.map { Int32($0.shard) })
    parameters.int64Array(seen.map(\.position))
    parameters.byteaArray(seen.map(\.hash))
    let lost = try connection.query(AppendStatements.findLost, parameters)
    guard lost.rowCount > 0 else { return }
    throw PostgresError(
      "append to the event store",
      message:
        "event \(try lost.int64(0, 1)) of shard \(try lost.int32(0, 0)) was there and is not any more: the store was "
        + "restored or changed; if it was restored from a backup, run daybook migrate --restored",
      sqlState: AppendStatements.eventsLost)
  }

  /// The heads of all these shards, or nil when one of them is not known.
  func knownHeads(_ shards: [Int]) -> [Int: ShardHead]? {
    var known: [Int: ShardHead] = [:]
    for shard in shards {
      guard let head = heads[shard] else { return nil }
      known[shard] = head
    }
    return known
  }

  /// What the log has, as read under locks or committed last: nothing of ours is in flight.
  func learn(_ heads: [ShardHead]) {
    expect(heads)
    saw(heads)
  }

  /// What the log has once all that is in flight is committed. The next append counts on it, and its comparison fails if it
  /// does not come so.
  func expect(_ heads: [ShardHead]) {
    for head in heads where self.heads.indices.contains(head.shard) { self.heads[head.shard] = head }
  }

  /// What was committed.
  func saw(_ heads: [ShardHead]) {
    for head in heads where newest.indices.contains(head.shard) { newest[head.shard] = head }
  }

  func forgetHeads() {
    for shard in heads.indices { heads[shard] = nil }
  }

  /// Ends sessions of other services that hold a transaction open and have not sent anything for as long as
  /// `idle_in_transaction_session_timeout` allows: their process is
  /// frozen or cut off. Postgres' own timer for that runs only between whole
  /// pipelines; a client frozen in the middle of sending one is seen by nobody else. Whoever is ended here finds out in
  /// the log whether its transaction was committed, as after any lost connection.
  func terminateFrozen() throws(PostgresError) {
    var parameters = PostgresParameters()
    parameters.text(Self.application)
    parameters.double(silenceLimit.seconds)
    _ = try connection.query(
      sql: """
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND usename = session_user AND pid <> pg_backend_pid()
          AND application_name = $1::text AND wait_event = 'ClientRead' AND xact_start IS NOT NULL
          AND state_change < clock_timestamp() - $2::double precision * interval '1 second'
        """, parameters)
  }
}

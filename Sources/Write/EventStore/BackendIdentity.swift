import Postgres

/// A server process, told from a later one with the same number by when it was started.
struct BackendIdentity {
  let processID: Int32
  let startedAt: String

  private static let read = """
    SELECT backend_start::text FROM pg_stat_activity WHERE pid = pg_backend_pid()
    """
  private static let terminate = """
    SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity
    WHERE pid = $1::integer AND backend_start = $2::text::timestamptz
    """

  /// The one behind `connection`; nil when the role is not shown when it started.
  init?(of connection: PostgresConnection) throws(PostgresError) {
    let result = try connection.query(sql: Self.read)
    guard result.rowCount == 1, !result.isNull(0, 0) else { return nil }
    processID = connection.processID
    startedAt = try result.text(0, 0)
  }

  /// Ends it and waits for up to 2 s until it is gone. No error when it is gone already.
  func terminate(by connection: PostgresConnection) throws(PostgresError) {
    var parameters = PostgresParameters()
    parameters.int32(processID)
    parameters.text(startedAt)
    _ = try connection.query(sql: Self.terminate, parameters)
  }
}

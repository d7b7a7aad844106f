import CPostgres

/// Transactions that are sent one behind the other without waiting for answers between them: while the server is at work on
/// one, the next is at its door already.
///
/// Each is one prepared statement with a Sync of its own, so it commits or fails alone. Between the first `launch` and the
/// `land` that leaves nothing in flight no other method that asks the server may be called.
extension PostgresConnection {
  /// Sends a statement as a transaction of its own and returns when the message is with the operating system. A statement that
  /// this session does not know is prepared first, for which nothing may be in flight.
  /// - Throws: when the connection is lost; then nobody knows what became of this one and of all that are in flight.
  package func launch(
    _ statement: PostgresStatement, _ parameters: PostgresParameters
  ) throws(PostgresError) {
    let what = PostgresAction("launch statement", statement.name)
    try begin(what)
    let known = try prepareForFlight(statement, parameters)
    if inFlight == 0, PQenterPipelineMode(handle) != 1 { throw lost(what) }
    inFlight += 1
    try send(known, parameters, what)
    guard PQpipelineSync(handle) == 1 else { throw lost(what) }
    try flush(what)
  }

  /// Waits for the answer of the oldest statement in flight.
  /// - Throws: its error; when that is `isConnectionLost`, of the others in flight nothing will be heard either.
  package func land() throws(PostgresError) -> PostgresResult {
    let what: PostgresAction = "wait for a statement in flight"
    try begin(what)
    precondition(inFlight > 0, "BUG: nothing is in flight")
    guard let raw = try nextResult(what) else { throw lost(what) }
    var failure: PostgresError?
    var result: PostgresResult?
    switch PQresultStatus(raw) {
    case PGRES_COMMAND_OK, PGRES_TUPLES_OK: result = PostgresResult(raw)
    default:
      let error = takeError(raw, what)
      if error.isConnectionLost { throw error }
      if error.sqlState == "0A000" { prepared.removeAll() }  // A stale plan: all are prepared afresh.
      failure = error
    }
    try endFlight(what)
    if let failure { throw failure }
    guard let result else { throw lost(what) }
    return result
  }

  /// The nil that ends a statement's results, and its Sync.
  private func endFlight(_ what: PostgresAction) throws(PostgresError) {
    if let extra = try nextResult(what) {
      PQclear(extra)
      throw lost(what)
    }
    guard let sync = try nextResult(what) else { throw lost(what) }
    let status = PQresultStatus(sync)
    guard status == PGRES_PIPELINE_SYNC else { throw takeError(sync, what) }
    PQclear(sync)
    inFlight -= 1
    if inFlight == 0, PQexitPipelineMode(handle) != 1 { throw lost(what) }
  }

  private func prepareForFlight(
    _ statement: PostgresStatement, _ parameters: PostgresParameters
  ) throws(PostgresError) -> PreparedStatement {
    if let known = find(statement, parameters) { return known }
    precondition(inFlight == 0, "BUG: a statement is to be prepared while others are in flight")
    let what = PostgresAction("prepare statement", statement.name)
    let made = makePrepared(statement, parameters)
    try sendPrepare(made, what)
    _ = try lastResult(what)
    prepared[statement.name, default: []].append(made)
    return made
  }
}

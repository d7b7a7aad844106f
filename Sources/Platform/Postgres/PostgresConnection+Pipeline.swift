import CPostgres

extension PostgresConnection {
  /// Queues the statements that `fill` adds, sends them with one Sync behind the last, and reads all answers: one round
  /// trip. Returns one result per `add`, in order.
  ///
  /// Without BEGIN among them they are one transaction. When one fails the server skips the rest; its error is thrown
  /// after everything was read, and the connection is usable. If a BEGIN was among them (or before), the transaction is
  /// aborted then and `rollbackIfNeeded` is due.
  ///
  /// When `fill` itself throws, the connection is closed: nothing without a Sync or COMMIT of its own is kept then.
  /// Payloads may be of any size: while sending, answers are read.
  package func pipeline(
    _ fill: (inout PostgresPipeline) throws(PostgresError) -> Void
  ) throws(PostgresError) -> [PostgresResult] {
    let what: PostgresAction = "run a pipeline"
    try begin(what)
    guard PQenterPipelineMode(handle) == 1 else { throw lost(what) }
    var pipeline = PostgresPipeline(self)
    do {
      try fill(&pipeline)
    } catch {
      close()
      throw error
    }
    guard PQpipelineSync(handle) == 1 else { throw lost(what) }
    let results = try pipelineResults(pipeline.entries)
    return results
  }

  func requestFlush() throws(PostgresError) {
    guard PQsendFlushRequest(handle) == 1 else { throw lost("flush a pipeline") }
    try flush("flush a pipeline")
  }

  /// Reads up to the Sync, leaves pipeline mode, then throws the first failure if there was one.
  private func pipelineResults(_ entries: [PostgresPipeline.Entry]) throws(PostgresError) -> [PostgresResult] {
    var results: [PostgresResult] = []
    results.reserveCapacity(entries.count)
    var failure: PostgresError?
    for entry in entries {
      do {
        let result = try pipelineResult(entry, aborted: failure != nil)
        guard let result else { continue }
        if let learns = entry.learns {
          prepared[learns.name, default: []].append(learns.statement)
        } else {
          results.append(result)
        }
      } catch {
        if failure == nil { failure = error }
        if error.isConnectionLost { throw failure ?? error }
        if error.sqlState == "0A000" { prepared.removeAll() }  // A stale plan: all are prepared afresh.
      }
    }
    try endPipeline(failure)
    if let failure { throw failure }
    return results
  }

  /// One entry's result and the nil that ends it; nil where the server skipped it after a failure.
  private func pipelineResult(
    _ entry: PostgresPipeline.Entry, aborted: Bool
  ) throws(PostgresError) -> PostgresResult? {
    guard let raw = try nextResult(entry.what) else { throw lost(entry.what) }
    switch PQresultStatus(raw) {
    case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY:
      let result = PostgresResult(raw)
      try endOfEntry(entry.what)
      if entry.isCommit, result.commandTag != "COMMIT" {
        throw PostgresError("commit", message: "the transaction had failed and was rolled back", sqlState: "25P02")
      }
      return result
    case PGRES_PIPELINE_ABORTED:
      PQclear(raw)
      try endOfEntry(entry.what)
      if aborted { return nil }
      throw PostgresError(entry.what, message: "skipped by the server for an unknown reason")
    default:
      let error = takeError(raw, entry.what)
      if !error.isConnectionLost { try endOfEntry(entry.what) }
      throw error
    }
  }

  private func endOfEntry(_ what: PostgresAction) throws(PostgresError) {
    guard let extra = try nextResult(what) else { return }
    PQclear(extra)
    close()
    throw PostgresError(what, message: "more than one result; COPY cannot be pipelined", isConnectionLost: true)
  }

  private func endPipeline(_ failure: PostgresError?) throws(PostgresError) {
    let what: PostgresAction = "end a pipeline"
    guard let sync = try nextResult(what) else { throw failure ?? lost(what) }
    let status = PQresultStatus(sync)
    if status != PGRES_PIPELINE_SYNC {
      let error = takeError(sync, what)
      close()
      throw failure ?? error
    }
    PQclear(sync)
    guard PQexitPipelineMode(handle) == 1 else { throw failure ?? lost(what) }
  }
}

import CPostgres

extension PostgresConnection {
  /// `COPY … FROM STDIN (FORMAT binary)`: sends the rows that `fill` writes and returns how many there were. When `fill`
  /// throws, nothing is copied, the error is passed on and the connection is usable (inside a transaction: aborted).
  package func copyIn(
    _ sql: String, _ fill: (inout PostgresCopyWriter) throws(PostgresError) -> Void
  ) throws(PostgresError) -> Int {
    let what = PostgresAction("run", sql: sql)
    try startCopy(sql, PGRES_COPY_IN, what)
    var writer = PostgresCopyWriter(self, what: what)
    do {
      try fill(&writer)
      try writer.finish()
    } catch {
      if error.isConnectionLost || isBroken { throw error }
      try abandonCopy(what, because: error)
    }
    guard PQputCopyEnd(handle, nil) != -1 else { throw copyFailure(what) }
    return try lastResult(what).affectedRows
  }

  /// `COPY … TO STDOUT (FORMAT binary)`: calls `row` for each row as it comes. When `row` throws, the statement is
  /// cancelled, the error passed on, and the connection is usable (inside a transaction: aborted).
  package func copyOut(
    _ sql: String, _ row: (PostgresCopyRow) throws(PostgresError) -> Void
  ) throws(PostgresError) {
    let what = PostgresAction("run", sql: sql)
    try startCopy(sql, PGRES_COPY_OUT, what)
    var reader = PostgresCopyReader(what: what)
    var failure: PostgresError?
    while let piece = try nextCopyData(what) {
      defer { PQfreemem(piece.baseAddress) }
      if failure != nil { continue }
      do { try reader.take(UnsafeRawBufferPointer(piece), row) } catch {
        failure = error
        cancelRunning()
      }
    }
    do { _ = try results(what) } catch { throw failure ?? error }
    if let failure { throw failure }
    try reader.finish()
  }

  func putCopyData(_ bytes: UnsafeRawBufferPointer, _ what: PostgresAction) throws(PostgresError) {
    guard let base = bytes.bindMemory(to: CChar.self).baseAddress else { return }
    guard bytes.count <= PostgresParameters.valueLimit else {
      throw PostgresError(what, message: "a row of \(bytes.count) bytes; the limit is \(PostgresParameters.valueLimit)")
    }
    while true {
      switch PQputCopyData(handle, base, Int32(bytes.count)) {
      case 1: return try flush(what)
      case 0: try flush(what)
      default: throw copyFailure(what)
      }
    }
  }

  private func startCopy(_ sql: String, _ expected: ExecStatusType, _ what: PostgresAction) throws(PostgresError) {
    try begin(what)
    guard PQsendQuery(handle, sql) == 1 else { throw lost(what) }
    guard let raw = try nextResult(what) else { throw lost(what) }
    let status = PQresultStatus(raw)
    if status == expected, PQbinaryTuples(raw) == 1 {
      PQclear(raw)
      return
    }
    if status == PGRES_FATAL_ERROR {
      let error = takeError(raw, what)
      if !error.isConnectionLost { _ = try results(what) }
      throw error
    }
    PQclear(raw)
    close()
    throw PostgresError(what, message: "expected a COPY in binary format", isConnectionLost: true)
  }

  /// Tells the server to forget the rows, reads its complaint about that and throws `error`.
  private func abandonCopy(_ what: PostgresAction, because error: PostgresError) throws(PostgresError) -> Never {
    if PQputCopyEnd(handle, "given up by the client") == -1 { close() } else { _ = try? results(what) }
    throw error
  }

  /// The server ended the COPY early: its reason is the next result.
  private func copyFailure(_ what: PostgresAction) -> PostgresError {
    do { _ = try results(what) } catch { return error }
    return lost(what)
  }

  /// The next CopyData message, to be freed with PQfreemem; nil at the end.
  private func nextCopyData(_ what: PostgresAction) throws(PostgresError) -> UnsafeMutableBufferPointer<CChar>? {
    while true {
      var data: UnsafeMutablePointer<CChar>?
      let count = PQgetCopyData(handle, &data, 1)
      if count > 0 { return UnsafeMutableBufferPointer(start: data, count: Int(count)) }
      if count < 0 { return nil }  // The end, or an error, which the results then tell.
      try awaitSocket(write: PQflush(handle) == 1, what)
      if PQconsumeInput(handle) == 0 { throw lost(what) }
    }
  }
}

import CPostgres
import Glibc
import Runtime

/// One session with Postgres, by libpq. Every method blocks its thread until the answer is there.
///
/// Not thread-safe: one thread at a time, except `cancelRunning`. `@unchecked Sendable` so that a pool, or a role's own
/// thread, can take it over from the thread that opened it.
///
/// No wait is without end: when no byte has moved in either direction for `responseTimeout`, the connection is given up
/// as lost, its socket shut. After an error that is not `isConnectionLost` the connection is usable; inside a transaction
/// the transaction is aborted and waits for `rollbackIfNeeded`.
package final class PostgresConnection: @unchecked Sendable {
  let handle: OpaquePointer
  private let cancelHandle: OpaquePointer?
  var prepared: [String: [PreparedStatement]] = [:]
  /// Makes names of statements prepared again under other types, or after the first plan went stale.
  private var preparedAgain = 0
  private var givenUp = false
  /// Statements that were launched and not landed.
  package internal(set) var inFlight = 0
  /// Set by libpq's notice receiver, on the thread that is in one of our methods.
  private let sawFatalNotice: UnsafeMutablePointer<Bool>

  /// How long the server may be silent while we wait for it; nil: for ever. At first the statement limit and a grace.
  package var responseTimeout: Duration?

  /// A statement that this session knows, with the parameter types it was prepared for.
  struct PreparedStatement {
    let serverName: String
    let sql: String
    let types: [UInt32]

    /// An untyped NULL (0) fits any type.
    func accepts(_ other: [UInt32]) -> Bool {
      guard other.count == types.count else { return false }
      for index in types.indices where other[index] != types[index] && other[index] != PostgresType.unknown {
        return false
      }
      return true
    }
  }

  /// Connects within `timeouts.connect`, tries all hosts of the address in order, and sets the session's limits and role.
  package init(
    _ address: PostgresAddress, application: String, timeouts: PostgresTimeouts = .standard
  ) throws(PostgresError) {
    let settings = try address.connectionSettings(application: application, timeouts: timeouts)
    let what = PostgresAction("connect to Postgres at", address.redacted)
    handle = try Self.connect(settings, what: what, timeout: timeouts.connect)
    cancelHandle = PQgetCancel(handle)
    responseTimeout = timeouts.statement > .zero ? timeouts.statement + timeouts.grace : nil
    sawFatalNotice = .allocate(capacity: 1)
    sawFatalNotice.initialize(to: false)
    PQsetNoticeReceiver(
      handle,
      { flag, notice in
        // What the server says on hanging up while nobody asks it anything; all other notices are dropped.
        guard let severity = PQresultErrorField(notice, Int32(UInt8(ascii: "V"))) else { return }
        let word = String(cString: severity)
        if word == "FATAL" || word == "PANIC" { flag?.assumingMemoryBound(to: Bool.self).pointee = true }
      }, sawFatalNotice)
    if PQsetnonblocking(handle, 1) != 0 { throw lost(what) }
  }

  deinit {
    if let cancelHandle { PQfreeCancel(cancelHandle) }
    PQfinish(handle)
    sawFatalNotice.deallocate()
  }

  /// True once the session is gone: nothing works any more, and the owner opens another.
  package var isBroken: Bool { givenUp || PQstatus(handle) != CONNECTION_OK }

  /// The server process behind this session (`pg_backend_pid()`).
  package var processID: Int32 { PQbackendPID(handle) }

  /// The server's version as a number: 150020 is 15.20.
  package var serverVersion: Int32 { PQserverVersion(handle) }

  /// A transaction block is open, aborted or not.
  package var isInTransaction: Bool {
    let status = PQtransactionStatus(handle)
    return status == PQTRANS_INTRANS || status == PQTRANS_INERROR
  }

  /// Ends the session at once. What was not committed is undone by the server.
  package func close() {
    givenUp = true
    let socket = PQsocket(handle)
    if socket >= 0 { shutdown(socket, Int32(SHUT_RDWR)) }
  }

  /// Asks the server to cancel what this session is running, which then fails with SQLSTATE 57014. May be called from any
  /// thread, while another waits in a method; opens a connection of its own and blocks for it.
  package func cancelRunning() {
    guard let cancelHandle else { return }
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
      _ = PQcancel(cancelHandle, buffer.baseAddress, 256)
    }
  }

  /// True when the server has closed this idle session behind our back, as after its restart. Does not block.
  package func noticeIfClosed() -> Bool {
    while !isBroken, Self.isReady(PQsocket(handle), Int16(POLLIN), until: 0) {
      if PQconsumeInput(handle) == 0 { close() }
    }
    // The reason can be here before the end of the stream is: have libpq look at what it has read.
    _ = PQisBusy(handle)
    if sawFatalNotice.pointee { close() }
    return isBroken
  }

  // MARK: Statements

  /// Runs one or several statements without parameters (the simple protocol) and drops their rows. Several statements
  /// without BEGIN are one transaction.
  package func execute(_ sql: String) throws(PostgresError) {
    let what = PostgresAction("execute", sql: sql)
    try begin(what)
    guard PQsendQuery(handle, sql) == 1 else { throw lost(what) }
    _ = try results(what)
  }

  /// Runs a prepared statement; prepares it first where this session has not seen it.
  package func query(
    _ statement: PostgresStatement, _ parameters: PostgresParameters = .none
  ) throws(PostgresError) -> PostgresResult {
    do {
      return try run(statement, parameters)
    } catch {
      // "cached plan must not change result type": the tables have changed since it was prepared. Once more, afresh.
      guard error.sqlState == "0A000", prepared[statement.name] != nil, !isInTransaction else { throw error }
      prepared[statement.name] = nil
      return try run(statement, parameters)
    }
  }

  /// Runs a statement once, without preparing it.
  package func query(
    sql: String, _ parameters: PostgresParameters = .none
  ) throws(PostgresError) -> PostgresResult {
    let what = PostgresAction("run", sql: sql)
    try begin(what)
    try send(sql: sql, parameters, what)
    return try lastResult(what)
  }

  /// Runs `body` between `begin` and COMMIT. An error of any of them rolls back (as far as the connection lives) and is
  /// thrown. An error of the COMMIT itself with `isConnectionLost` leaves open whether it happened: see pg_xact_status.
  package func transaction<Value>(
    _ begin: String = "BEGIN", _ body: () throws(PostgresError) -> Value
  ) throws(PostgresError) -> Value {
    do {
      try execute(begin)
      let value = try body()
      try commit()
      return value
    } catch {
      rollbackIfNeeded()
      throw error
    }
  }

  /// COMMIT, and an error where the server answered it with ROLLBACK because the transaction had failed before.
  package func commit() throws(PostgresError) {
    let result = try query(sql: "COMMIT")
    guard result.commandTag == "COMMIT" else {
      throw PostgresError(
        "commit", message: "the transaction had failed and was rolled back", sqlState: "25P02")
    }
  }

  /// Leaves an open transaction, failed or not. A connection that cannot do even that is closed.
  package func rollbackIfNeeded() {
    guard !isBroken, PQtransactionStatus(handle) != PQTRANS_IDLE else { return }
    do { try execute("ROLLBACK") } catch { close() }
  }

  private func run(
    _ statement: PostgresStatement, _ parameters: PostgresParameters
  ) throws(PostgresError) -> PostgresResult {
    let what = PostgresAction("run statement", statement.name)
    try begin(what)
    let known: PreparedStatement
    if let found = find(statement, parameters) {
      known = found
    } else {
      known = makePrepared(statement, parameters)
      try sendPrepare(known, PostgresAction("prepare statement", statement.name))
      _ = try lastResult(PostgresAction("prepare statement", statement.name))
      prepared[statement.name, default: []].append(known)
    }
    try send(known, parameters, what)
    return try lastResult(what)
  }

  // MARK: Prepared statements

  func find(_ statement: PostgresStatement, _ parameters: PostgresParameters) -> PreparedStatement? {
    guard let known = prepared[statement.name]?.first(where: { $0.accepts(parameters.types) }) else { return nil }
    precondition(known.sql == statement.sql, "BUG: two statements are called \(statement.name)")
    return known
  }

  func makePrepared(_ statement: PostgresStatement, _ parameters: PostgresParameters) -> PreparedStatement {
    preparedAgain += 1
    return PreparedStatement(
      serverName: "\(statement.name)#\(preparedAgain)", sql: statement.sql, types: parameters.types)
  }

  func sendPrepare(_ statement: PreparedStatement, _ what: PostgresAction) throws(PostgresError) {
    let sent = statement.types.withUnsafeBufferPointer {
      PQsendPrepare(handle, statement.serverName, statement.sql, Int32($0.count), $0.baseAddress)
    }
    guard sent == 1 else { throw lost(what) }
  }

  func send(
    _ statement: PreparedStatement, _ parameters: PostgresParameters, _ what: PostgresAction
  ) throws(PostgresError) {
    let count = Int32(truncatingIfNeeded: parameters.count)
    let sent = try parameters.withArrays(what: what) { values, lengths, formats, _ in
      PQsendQueryPrepared(handle, statement.serverName, count, values, lengths, formats, 1)
    }
    guard sent == 1 else { throw lost(what) }
  }

  func send(sql: String, _ parameters: PostgresParameters, _ what: PostgresAction) throws(PostgresError) {
    let count = Int32(truncatingIfNeeded: parameters.count)
    let sent = try parameters.withArrays(what: what) { values, lengths, formats, types in
      PQsendQueryParams(handle, sql, count, types, values, lengths, formats, 1)
    }
    guard sent == 1 else { throw lost(what) }
  }
}

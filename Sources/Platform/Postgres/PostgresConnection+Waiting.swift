import CPostgres
import Glibc
import Runtime

/// Everything that waits for the server stands here: one poll(2), one deadline, one way to read results.
extension PostgresConnection {
  /// Refuses to start anything on a lost connection.
  func begin(_ what: PostgresAction) throws(PostgresError) {
    if isBroken {
      throw PostgresError(what, message: "the connection is closed", isConnectionLost: true)
    }
  }

  /// Sends what libpq has in its buffer, reading meanwhile: a server whose answers nobody takes stops reading.
  func flush(_ what: PostgresAction) throws(PostgresError) {
    while true {
      switch PQflush(handle) {
      case 0: return
      case 1:
        try awaitSocket(write: true, what)
        if PQconsumeInput(handle) == 0 { throw lost(what) }
      default: throw lost(what)
      }
    }
  }

  /// libpq's next result, or nil where it ends a statement's results. The caller frees it.
  func nextResult(_ what: PostgresAction) throws(PostgresError) -> OpaquePointer? {
    while true {
      let unsent = PQflush(handle)
      if PQisBusy(handle) == 0 { return PQgetResult(handle) }
      if unsent < 0 { throw lost(what) }
      try awaitSocket(write: unsent == 1, what)
      // What was read before the failure may hold the server's reason.
      if PQconsumeInput(handle) == 0, PQisBusy(handle) == 1 { throw lost(what) }
    }
  }

  /// All results up to the end of the statement; the first error among them is thrown after the last was read.
  func results(_ what: PostgresAction) throws(PostgresError) -> [PostgresResult] {
    var results: [PostgresResult] = []
    var failure: PostgresError?
    while let raw = try nextResult(what) {
      switch PQresultStatus(raw) {
      case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY:
        results.append(PostgresResult(raw))
      case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
        PQclear(raw)
        close()
        throw PostgresError(what, message: "COPY is for copyIn and copyOut only", isConnectionLost: true)
      default:
        let error = takeError(raw, what)
        if failure == nil { failure = error }
        if error.isConnectionLost { throw failure ?? error }
      }
    }
    if let failure { throw failure }
    return results
  }

  func lastResult(_ what: PostgresAction) throws(PostgresError) -> PostgresResult {
    guard let last = try results(what).last else { throw lost(what) }
    return last
  }

  /// The error that a failed result tells of; frees the result, and closes the connection if the session ended with it.
  func takeError(_ raw: OpaquePointer, _ what: PostgresAction) -> PostgresError {
    defer { PQclear(raw) }
    func field(_ code: Unicode.Scalar) -> String? {
      PQresultErrorField(raw, Int32(code.value)).map { String(cString: $0) }
    }
    let severity = field("V") ?? ""
    let sqlState = field("C")
    let ended = severity == "FATAL" || severity == "PANIC" || PQstatus(handle) != CONNECTION_OK
    if ended { close() }
    let message = field("M") ?? Self.trimmed(PQresultErrorMessage(raw))
    return PostgresError(
      what, message: message.isEmpty ? "the server gave no reason" : message, sqlState: sqlState, detail: field("D"),
      hint: field("H"), constraint: field("n"), isConnectionLost: ended)
  }

  /// Closes the connection and says why, as libpq words it.
  func lost(_ what: PostgresAction) -> PostgresError {
    let message = Self.trimmed(PQerrorMessage(handle))
    close()
    return PostgresError(
      what, message: message.isEmpty ? "the connection is lost" : message, isConnectionLost: true)
  }

  /// Waits until the server has sent something, or takes something when `write`.
  func awaitSocket(write: Bool, _ what: PostgresAction) throws(PostgresError) {
    let deadline = responseTimeout.map { MonotonicClock.deadline(after: $0) }
    let events = Int16(POLLIN) | (write ? Int16(POLLOUT) : 0)
    guard Self.isReady(PQsocket(handle), events, until: deadline) else {
      close()
      throw PostgresError(
        what, message: "no answer from the server within \(responseTimeout ?? .zero)", isConnectionLost: true)
    }
  }

  /// False after the deadline. A socket that libpq has closed (-1) counts as ready: the next call says what happened.
  static func isReady(_ socket: Int32, _ events: Int16, until deadline: UInt64?) -> Bool {
    if socket < 0 { return true }
    var entry = pollfd(fd: socket, events: events, revents: 0)
    while true {
      let ready = Glibc.poll(&entry, 1, pollMilliseconds(until: deadline))
      if ready > 0 { return true }
      if ready < 0, errno != EINTR { return true }
      if let deadline, MonotonicClock.now >= deadline { return false }
    }
  }

  /// Rounded up, so that poll does not spin through the last millisecond.
  static func pollMilliseconds(until deadline: UInt64?) -> Int32 {
    guard let deadline else { return -1 }
    let now = MonotonicClock.now
    return now >= deadline ? 0 : Int32(min(UInt64(Int32.max), (deadline - now + 999_999) / 1_000_000))
  }

  static func trimmed(_ text: UnsafePointer<CChar>?) -> String {
    guard let text else { return "" }
    let words = String(cString: text).split(whereSeparator: \.isNewline)
    return words.joined(separator: " ")
  }

  /// PQconnectdb with a deadline that is kept over all hosts.
  static func connect(
    _ settings: [(key: String, value: String)], what: PostgresAction, timeout: Duration
  ) throws(PostgresError) -> OpaquePointer {
    guard let handle = start(settings) else {
      throw PostgresError(what, message: "out of memory", isUnavailable: true)
    }
    let deadline = MonotonicClock.deadline(after: timeout)
    var status = PQstatus(handle) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING
    while status == PGRES_POLLING_READING || status == PGRES_POLLING_WRITING {
      let events = status == PGRES_POLLING_READING ? POLLIN : POLLOUT
      guard isReady(PQsocket(handle), Int16(events), until: deadline) else {
        PQfinish(handle)
        throw PostgresError(what, message: "no answer within \(timeout)", isConnectionLost: true)
      }
      status = PQconnectPoll(handle)
    }
    if status == PGRES_POLLING_OK { return handle }
    let message = trimmed(PQerrorMessage(handle))
    PQfinish(handle)
    throw connectError(what, message)
  }

  /// libpq does not show the SQLSTATE of a refused connection, only text. What is wrong for ever (rights, names, parse
  /// errors) has to be told from what will pass by, so the few texts that mean the former are matched here.
  private static func connectError(_ what: PostgresAction, _ message: String) -> PostgresError {
    let lasting: [(text: String, sqlState: String)] = [
      ("password authentication failed", "28P01"), ("Peer authentication failed", "28000"),
      ("no pg_hba.conf entry", "28000"), ("no password supplied", "28P01"), ("permission denied to set role", "42501"),
      ("is not permitted to log in", "28000"),
    ]
    for entry in lasting where message.contains(entry.text) {
      return PostgresError(what, message: message, sqlState: entry.sqlState)
    }
    if message.contains("database \""), message.contains("does not exist") {
      return PostgresError(what, message: message, sqlState: "3D000")
    }
    if message.contains("role \""), message.contains("does not exist") {
      return PostgresError(what, message: message, sqlState: "28000")
    }
    return PostgresError(what, message: message, isConnectionLost: true)
  }

  private static func start(_ settings: [(key: String, value: String)]) -> OpaquePointer? {
    let keys = settings.map { strdup($0.key) }
    let values = settings.map { strdup($0.value) }
    defer {
      keys.forEach { free($0) }
      values.forEach { free($0) }
    }
    let keyPointers = keys.map { UnsafePointer($0) } + [nil]
    let valuePointers = values.map { UnsafePointer($0) } + [nil]
    return PQconnectStartParams(keyPointers, valuePointers, 0)
  }
}

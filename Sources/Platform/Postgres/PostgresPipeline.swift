/// The statements of one `PostgresConnection.pipeline`, queued in order. Lives only within that call's closure.
package struct PostgresPipeline {
  let connection: PostgresConnection
  var entries: [Entry] = []
  /// Bytes queued since the last full flush.
  private var queued = 0

  /// From here on what is queued is sent before more is added: this bounds libpq's buffer and keeps the server busy.
  static let queueLimit = 64 * 1_024

  struct Entry {
    let what: PostgresAction
    /// For PQsendPrepare: what the connection learns when it succeeds. Its result is not the caller's.
    let learns: (name: String, statement: PostgresConnection.PreparedStatement)?
    let isCommit: Bool
  }

  init(_ connection: PostgresConnection) { self.connection = connection }

  /// Queues a prepared statement, and its preparation before it where the session does not know it yet.
  package mutating func add(
    _ statement: PostgresStatement, _ parameters: PostgresParameters = .none
  ) throws(PostgresError) {
    let what = PostgresAction("run statement", statement.name)
    let known = try known(statement, parameters)
    try connection.send(known, parameters, what)
    try queue(Entry(what: what, learns: nil, isCommit: false), parameters.bytes.count)
  }

  /// Queues a statement that is not worth preparing: BEGIN, COMMIT, NOTIFY …
  package mutating func add(
    sql: String, _ parameters: PostgresParameters = .none
  ) throws(PostgresError) {
    let what = PostgresAction("run", sql: sql)
    try connection.send(sql: sql, parameters, what)
    try queue(Entry(what: what, learns: nil, isCommit: sql == "COMMIT"), sql.utf8.count + parameters.bytes.count)
  }

  /// Sends what is queued and asks the server for its answers so far, so that it starts at once.
  package mutating func flush() throws(PostgresError) {
    try connection.requestFlush()
    queued = 0
  }

  private mutating func known(
    _ statement: PostgresStatement, _ parameters: PostgresParameters
  ) throws(PostgresError) -> PostgresConnection.PreparedStatement {
    if let known = connection.find(statement, parameters) { return known }
    for entry in entries {
      if let learns = entry.learns, learns.name == statement.name, learns.statement.accepts(parameters.types) {
        return learns.statement
      }
    }
    let what = PostgresAction("prepare statement", statement.name)
    let made = connection.makePrepared(statement, parameters)
    try connection.sendPrepare(made, what)
    try queue(Entry(what: what, learns: (statement.name, made), isCommit: false), statement.sql.utf8.count)
    return made
  }

  private mutating func queue(_ entry: Entry, _ size: Int) throws(PostgresError) {
    entries.append(entry)
    queued += size
    guard queued >= Self.queueLimit else { return }
    try connection.flush(entry.what)
    queued = 0
  }
}

/// What went wrong between us and Postgres. `description` may hold data of the failing row and is for our own log;
/// `safeDescription` holds none and may be shown to a client. Neither ever holds a password.
package struct PostgresError: Error, CustomStringConvertible, Sendable {
  /// What a loop does about it.
  package enum Disposition: Sendable {
    /// The same again can succeed: on this connection, or on a new one when `isConnectionLost`.
    case retry
    /// The data is at fault (class 22 and 23): the same again fails again, other data will not.
    case reject
    /// The program, its rights or the schema are at fault.
    case fatal
  }

  /// The five characters of Postgres' `SQLSTATE`, or nil where no server said anything.
  package let sqlState: String?
  package let message: String
  package let detail: String?
  package let hint: String?
  /// A verb phrase: what was being done.
  package let what: String
  /// The connection cannot be used again.
  package let isConnectionLost: Bool
  /// Which constraint of the schema was violated, if one was.
  package let constraint: String?
  private let saysUnavailable: Bool

  package init(
    _ what: String, message: String, sqlState: String? = nil, detail: String? = nil, hint: String? = nil,
    constraint: String? = nil, isConnectionLost: Bool = false, isUnavailable: Bool = false
  ) {
    self.what = what
    self.message = message
    self.sqlState = sqlState
    self.detail = detail
    self.hint = hint
    self.constraint = constraint
    self.isConnectionLost = isConnectionLost
    saysUnavailable = isUnavailable
  }

  init(
    _ action: PostgresAction, message: String, sqlState: String? = nil, detail: String? = nil, hint: String? = nil,
    constraint: String? = nil, isConnectionLost: Bool = false, isUnavailable: Bool = false
  ) {
    self.init(
      action.text, message: message, sqlState: sqlState, detail: detail, hint: hint, constraint: constraint,
      isConnectionLost: isConnectionLost, isUnavailable: isUnavailable)
  }

  /// The server cannot serve at the moment: away, starting, stopping, read-only, or out of disk, memory or connections.
  package var isUnavailable: Bool {
    if isConnectionLost || saysUnavailable { return true }
    guard let sqlState else { return false }
    if sqlState.hasPrefix("08") || sqlState.hasPrefix("53") { return true }
    return ["57P01", "57P02", "57P03", "57P05", "25P03", "25006", "58030"].contains(sqlState)
  }

  package var disposition: Disposition {
    if isUnavailable { return .retry }
    guard let sqlState else { return .fatal }
    // Serialization failure, deadlock, lock not to be had in time, cancelled by a time limit.
    if ["40001", "40P01", "55P03", "57014"].contains(sqlState) { return .retry }
    if sqlState.hasPrefix("22") || sqlState.hasPrefix("23") { return .reject }
    return .fatal
  }

  package var description: String {
    var text = "cannot \(what): \(message)"
    if let sqlState { text += " (SQLSTATE \(sqlState))" }
    if let detail { text += "; \(detail)" }
    if let hint { text += "; hint: \(hint)" }
    return text
  }

  /// Without the server's words and without `what`: both can quote data.
  package var safeDescription: String {
    if isUnavailable { return "the database is not available at the moment" }
    guard let sqlState else { return "the database gave no usable answer" }
    return "the database refused with SQLSTATE \(sqlState)"
  }

  /// A value that has not the type or width that the caller reads.
  static func shape(_ row: Int, _ column: Int, expected: String, actual: String) -> PostgresError {
    PostgresError("read row \(row), column \(column) of a result", message: "expected \(expected), actual \(actual)")
  }
}

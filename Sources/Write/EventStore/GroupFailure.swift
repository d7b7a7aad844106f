import Postgres

/// Why a group was not appended.
enum GroupFailure: Error {
  /// The event store's fault: the same group again, later. `isAway` when nothing can be appended at all.
  case retry(PostgresError, isAway: Bool)
  /// The data's fault: of one command, perhaps of several.
  case badData(PostgresError)

  init(_ error: PostgresError) {
    // Class 22 is data; 54 a value too big for Postgres. 23 would be our own rows contradicting each other: not a fault of
    // what the client sent.
    if let state = error.sqlState, state.hasPrefix("22") || state.hasPrefix("54") {
      self = .badData(error)
      return
    }
    let passing = ["40001", "40P01", "55P03", "57014", "DB001"].contains(error.sqlState)
    self = .retry(error, isAway: !passing)
  }
}

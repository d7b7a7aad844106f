/// Why a query has no answer. Every text is safe to show to the client.
package enum QueryError: Error, Sendable, Equatable {
  /// The request is at fault: the same again fails again.
  case invalid(QueryErrorCode, String)
  /// The answer would go beyond a limit; the text names it and says what to do.
  case limit(QueryErrorCode, String)
  /// The query took longer than a query may.
  case timeLimit(Duration)
  /// What `after` asks for had not been read when `wait` was over; `reached` is the token of what had.
  case notReached(String, reached: String)
  /// Too much is waiting; try again.
  case overloaded(String)
  /// The read store is away, or has no read model yet.
  case unavailable(QueryErrorCode, String)
  /// A fault of ours or of the store's content. The text names no data.
  case broken(String)
}

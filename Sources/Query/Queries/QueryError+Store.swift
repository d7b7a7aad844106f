import Postgres

extension QueryError {
  /// The read store is away: what the client may know of it.
  init(unavailable error: PostgresError) {
    self = .unavailable(.unavailable, "the read store cannot answer: \(error.safeDescription); try again")
  }
}

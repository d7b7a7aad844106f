package import Postgres
package import ReadModels

/// Why reading failed, before it is decided what becomes of the query: the store's errors can be worth another try.
package enum ReadFailure: Error {
  case query(QueryError)
  case store(PostgresError)
  case content(ReadModelError)
  /// A snapshot without a connection was asked for what it does not have; see `ReadSnapshot.init(inMemory:)`.
  case notInMemory

  /// Runs what can only fail in the store.
  static func ofStore<Value>(_ body: () throws(PostgresError) -> Value) throws(ReadFailure) -> Value {
    do {
      return try body()
    } catch {
      throw .store(error)
    }
  }

  /// Runs what can only fail over the content of rows.
  static func ofContent<Value>(_ body: () throws(ReadModelError) -> Value) throws(ReadFailure) -> Value {
    do {
      return try body()
    } catch {
      throw .content(error)
    }
  }

  /// Runs what throws answers for the client.
  package static func ofQuery<Value>(_ body: () throws(QueryError) -> Value) throws(ReadFailure) -> Value {
    do {
      return try body()
    } catch {
      throw .query(error)
    }
  }
}

package import Events
package import Postgres

extension StoreIdentity {
  /// The identity that stands in the event store's database.
  /// - Throws: also when the database has no event store, or one of a layout that this program does not know.
  package static func read(from connection: PostgresConnection) throws(PostgresError) -> StoreIdentity {
    let result = try connection.query(sql: "SELECT id, generation, shards FROM daybook_events.store")
    guard result.rowCount == 1 else {
      throw PostgresError(
        "read the identity of the event store", message: "expected one row, actual \(result.rowCount): run migrate")
    }
    let id = try result.uuid(0, 0)
    let shards = Int(try result.int32(0, 2))
    guard (1...StoreIdentity.shardsLimit).contains(shards) else {
      throw PostgresError(
        "read the identity of the event store",
        message: "expected 1 to \(StoreIdentity.shardsLimit) shards, actual \(shards)")
    }
    return StoreIdentity(idHigh: id.high, idLow: id.low, generation: try result.int32(0, 1), shards: shards)
  }

  /// Connects, reads and disconnects.
  package static func read(at address: PostgresAddress) throws(PostgresError) -> StoreIdentity {
    try read(from: PostgresConnection(address, application: StoreSession.application))
  }
}

package import Postgres

/// Who a read store is: told by its migrations, the same for ever.
package enum ReadStoreIdentity {
  /// The consumer group of the projectors that fill it.
  /// - Parameter address: as `daybook_projector`.
  package static func group(_ address: PostgresAddress) throws(PostgresError) -> String {
    let connection = try PostgresConnection(address, application: "daybook projector group")
    return "daybook-projector-" + (try connection.query(sql: "SELECT id::text FROM daybook_read.identity").text(0, 0))
  }
}

import Postgres
import TestSupport
import Testing

@Test func aTestDatabaseHasBothStores() throws {
  let database = try TestDatabase.make()
  let connection = try database.connect()
  let result = try connection.query(sql: "SELECT shards FROM daybook_events.store")
  #expect(try result.int32(0, 0) == 8)
}

import Postgres
import ReadStore
import TestSupport
import Testing

@Suite struct LeaseTests {
  private let shards = (0..<4).map { BuildShard(build: 1, shard: $0) }

  @Test func aShardIsLeasedToOneAtATime() throws {
    let database = try TestDatabase.make()
    let address = database.address("daybook_projector")
    let one = try Leases(address, application: "one")
    let other = try Leases(address, application: "other")
    #expect(try one.take(Array(shards.prefix(3))) == Array(shards.prefix(3)))
    #expect(try other.take(shards) == [shards[3]])
    #expect(try one.take(shards).isEmpty)
    try one.release([shards[1]])
    #expect(try other.take(shards) == [shards[1]])
  }

  @Test func aLeaseEndsWithItsConnection() throws {
    let database = try TestDatabase.make()
    let address = database.address("daybook_projector")
    let one = try Leases(address, application: "one")
    let other = try Leases(address, application: "other")
    #expect(try one.take(shards).count == 4)
    try database.connect().execute(
      """
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE application_name = 'one' AND datname = current_database()
      """)
    try waitUntil("the leases are free") { try other.take(shards).isEmpty == false }
    #expect(one.noticeIfClosed())
  }
}

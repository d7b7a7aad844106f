import Events
import Postgres
import ProjectionKit
import ReadStore
import Runtime
import Synchronization
import TestSupport
import Testing

@Suite struct BuildTests {
  private func open(_ database: TestDatabase) throws -> ReadStore {
    try ReadStore(database.address("daybook_projector"), application: "tests")
  }

  @Test func theFirstBuildIsMadeWithItsTablesAndActive() throws {
    let database = try TestDatabase.make()
    let store = try open(database)
    let identity = try TestLog(database.address()).identity()
    let builds = try store.ensureBuild(of: LedgerProjection(), store: identity)
    let build = try #require(builds.first)
    #expect(builds.count == 1)
    #expect(build.schema == "ledger_b\(build.id)")
    #expect(build.isActive)
    #expect(build.store == identity)
    #expect(try store.ensureBuild(of: LedgerProjection(), store: identity) == builds)
    let owner = try database.connect()
    let progress = try owner.query(
      sql: "SELECT count(*), max(position), max(epoch) FROM daybook_read.progress WHERE build = \(build.id)")
    #expect(try (0..<3).map { try progress.int64(0, $0) } == [8, 0, 0])
    let query = try database.connect("daybook_query")
    #expect(try query.query(sql: "SELECT count(*) FROM \(build.schema).rows").int64(0, 0) == 0)
    #expect(throws: PostgresError.self) { try query.execute("INSERT INTO \(build.schema).rows VALUES (1, 1)") }
    #expect(throws: PostgresError.self) { try query.execute("UPDATE daybook_read.progress SET position = 9") }
  }

  @Test func aNewVersionGetsABuildBesideTheActiveOne() throws {
    let database = try TestDatabase.make()
    let store = try open(database)
    let identity = try TestLog(database.address()).identity()
    let old = try store.ensureBuild(of: LedgerProjection(), store: identity)
    let new = try store.ensureBuild(of: LedgerProjection(version: 2), store: identity)
    #expect(old.map(\.isActive) == [true])
    #expect(new.map(\.isActive) == [false])
    #expect(try store.builds() == old + new)
  }

  @Test func eightProjectorsThatStartTogetherMakeOneBuild() throws {
    let database = try TestDatabase.make()
    let identity = try TestLog(database.address()).identity()
    let address = database.address("daybook_projector")

    let found = Found()
    let threads = (0..<8).map { number in
      OwnedThread("starter \(number)") {
        do {
          let store = try ReadStore(address, application: "tests")
          found.add(try store.ensureBuild(of: LedgerProjection(), store: identity).map(\.schema))
        } catch {
          found.add(["\(error)"])
        }
      }
    }
    for thread in threads { thread.join() }
    #expect(found.all.count == 8)
    #expect(Set(found.all).count == 1)
  }

  private final class Found: Sendable {
    private let texts = Mutex<[String]>([])
    var all: [String] { texts.withLock { $0 } }
    func add(_ more: [String]) { texts.withLock { $0 += more } }
  }

  @Test func eventsOfAnotherStoreOrGenerationAreRefused() throws {
    let database = try TestDatabase.make()
    let store = try open(database)
    let identity = try TestLog(database.address()).identity()
    _ = try store.ensureBuild(of: LedgerProjection(), store: identity)
    let restored = StoreIdentity(
      idHigh: identity.idHigh, idLow: identity.idLow, generation: identity.generation + 1, shards: identity.shards)
    do {
      _ = try store.ensureBuild(of: LedgerProjection(), store: restored)
      Issue.record("it was accepted")
    } catch ReadStoreError.otherStore(_, let expected, let actual) {
      #expect(expected == identity)
      #expect(actual == restored)
    }
  }

  @Test func aSchemaThatFailsLeavesNoBuildBehind() throws {
    struct Broken: Projection {
      let name = "broken"
      let version = 1
      let schema = Array("CREATE TABLE {{schema}}.rows (nonsense".utf8)
      func makeFold(schema: String, shards: Int) -> any ProjectionFold { preconditionFailure("BUG: it has no build") }
    }
    let database = try TestDatabase.make()
    let store = try open(database)
    let identity = try TestLog(database.address()).identity()
    #expect(throws: PostgresError.self) { try store.ensureBuild(of: Broken(), store: identity) }
    #expect(try store.builds().isEmpty)
    #expect(try store.ensureBuild(of: LedgerProjection(), store: identity).count == 1)
  }
}

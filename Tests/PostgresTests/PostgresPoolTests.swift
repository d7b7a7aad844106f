import Postgres
import Runtime
import Synchronization
import TestSupport
import Testing

@Suite struct PostgresPoolTests {
  let database: TestDatabase

  init() throws { database = try TestDatabase.makeEmpty() }

  private func pool(_ limit: Int) -> PostgresPool {
    PostgresPool(database.address(), application: "tests", limit: limit)
  }

  @Test func aConnectionIsUsedAgain() throws {
    let pool = pool(3)
    let first = try pool.withConnection { $0.processID }
    let second = try pool.withConnection { $0.processID }
    #expect(first == second)
    #expect(pool.openCount == 1)
  }

  @Test func neverMoreThanTheLimitAreOpen() throws {
    let pool = pool(3)
    let highest = Mutex(0)
    let failures = Mutex(0)
    let threads = (0..<12).map { index in
      OwnedThread("user \(index)") {
        for _ in 0..<20 {
          do {
            try pool.withConnection(wait: .seconds(20)) { connection in
              _ = try connection.query(sql: "SELECT 1")
              highest.withLock { $0 = max($0, pool.openCount) }
            }
          } catch { failures.withLock { $0 += 1 } }
        }
      }
    }
    threads.forEach { $0.join() }
    #expect(failures.withLock { $0 } == 0)
    #expect((1...3).contains(highest.withLock { $0 }))
  }

  @Test func aFullPoolIsUnavailableAfterTheWait() throws {
    let pool = pool(1)
    try pool.withConnection { _ in
      let error = #expect(throws: PostgresError.self) {
        try pool.withConnection(wait: .milliseconds(20)) { _ in }
      }
      #expect(error?.isUnavailable == true)
      #expect(error?.isConnectionLost == false)
    }
  }

  @Test func aBrokenConnectionIsReplaced() throws {
    let pool = pool(1)
    let other = try database.connect()
    let first = try pool.withConnection { connection in
      _ = try other.query(sql: "SELECT pg_terminate_backend(\(connection.processID))")
      #expect(throws: PostgresError.self) {
        while true { _ = try connection.query(sql: "SELECT 1") }
      }
      return connection.processID
    }
    #expect(pool.openCount == 0)
    #expect(try pool.withConnection { $0.processID } != first)
  }

  @Test func aSessionThatDiedWhileIdleIsNotLent() throws {
    let pool = pool(1)
    let other = try database.connect()
    let first = try pool.withConnection { $0.processID }
    _ = try other.query(sql: "SELECT pg_terminate_backend(\(first))")
    try waitUntil("the session is gone") {
      try other.query(sql: "SELECT count(*) FROM pg_stat_activity WHERE pid = \(first)").int64(0, 0) == 0
    }
    let second = try pool.withConnection { connection in
      _ = try connection.query(sql: "SELECT 1")
      return connection.processID
    }
    #expect(second != first)
  }

  @Test func anOpenTransactionDoesNotComeBackWithTheConnection() throws {
    let pool = pool(1)
    try pool.withConnection { try $0.execute("BEGIN") }
    try pool.withConnection { #expect(!$0.isInTransaction) }
    #expect(pool.openCount == 1)
  }

  @Test func errorsOfTheBodyComeThroughAndTheConnectionStays() throws {
    struct Mine: Error {}
    let pool = pool(1)
    #expect(throws: Mine.self) { try pool.withConnection { _ in throw Mine() } }
    #expect(pool.openCount == 1)
  }

  @Test func aServerThatIsAwayLeavesTheSlotsFree() throws {
    let pool = PostgresPool(PostgresAddress(conninfo: "host=/nowhere"), application: "tests", limit: 1)
    for _ in 0..<3 {
      let error = #expect(throws: PostgresError.self) { try pool.withConnection { _ in } }
      #expect(error?.isConnectionLost == true)
    }
    #expect(pool.openCount == 0)
  }

  @Test func aClosedPoolRefuses() throws {
    let pool = pool(1)
    try pool.withConnection { _ in pool.close() }
    #expect(pool.openCount == 0)
    #expect(throws: PostgresError.self) { try pool.withConnection { _ in } }
  }
}

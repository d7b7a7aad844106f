import Glibc
import Postgres
import Runtime
import TestSupport
import Testing

@Suite struct PostgresTimeoutTests {
  let database: TestDatabase

  init() throws { database = try TestDatabase.makeEmpty() }

  private func connect(_ change: (inout PostgresTimeouts) -> Void) throws -> PostgresConnection {
    var timeouts = PostgresTimeouts()
    change(&timeouts)
    return try database.connect(timeouts: timeouts)
  }

  @Test func aStatementThatTakesTooLongIsCancelled() throws {
    let connection = try connect { $0.statement = .milliseconds(50) }
    let error = #expect(throws: PostgresError.self) { try connection.query(sql: "SELECT pg_sleep(20)") }
    #expect(error?.sqlState == "57014")
    #expect(error?.disposition == .retry)
    #expect(!connection.isBroken)
  }

  @Test func aLockThatIsHeldIsNotWaitedForLong() throws {
    let holder = try connect { _ in }
    try holder.execute("CREATE TABLE t ()")
    try holder.execute("BEGIN; LOCK t")
    let connection = try connect { $0.lock = .milliseconds(50) }
    let error = #expect(throws: PostgresError.self) { try connection.execute("SELECT * FROM t") }
    #expect(error?.sqlState == "55P03")
    #expect(error?.disposition == .retry)
  }

  @Test func anIdleTransactionLosesItsSession() throws {
    let connection = try connect { $0.idleInTransaction = .milliseconds(50) }
    try connection.execute("CREATE TABLE t ()")
    try connection.execute("BEGIN; LOCK t")
    let other = try connect { $0.lock = .seconds(20) }
    _ = try other.query(sql: "SELECT * FROM t")
    let error = #expect(throws: PostgresError.self) { try connection.execute("SELECT 1") }
    #expect(error?.isConnectionLost == true)
    #expect(error?.sqlState == "25P03")
    #expect(error?.isUnavailable == true)
    #expect(connection.isBroken)
  }

  @Test func aFrozenServerCannotHoldAThread() throws {
    let connection = try connect { _ in }
    connection.responseTimeout = .milliseconds(200)
    let process = connection.processID
    #expect(kill(process, SIGSTOP) == 0)
    defer { kill(process, SIGCONT) }
    let error = #expect(throws: PostgresError.self) { try connection.query(sql: "SELECT 1") }
    #expect(error?.isConnectionLost == true)
    #expect(connection.isBroken)
  }

  @Test func aFrozenServerCannotHoldAThreadThatSends() throws {
    let connection = try connect { _ in }
    connection.responseTimeout = .milliseconds(200)
    let process = connection.processID
    #expect(kill(process, SIGSTOP) == 0)
    defer { kill(process, SIGCONT) }
    var parameters = PostgresParameters()
    parameters.bytes([UInt8](repeating: 1, count: 1_000_000))
    let error = #expect(throws: PostgresError.self) {
      try connection.pipeline { (pipeline) throws(PostgresError) in
        for _ in 0..<10 { try pipeline.add(sql: "SELECT $1", parameters) }
      }
    }
    #expect(error?.isConnectionLost == true)
  }

  @Test func aPortThatAnswersNothingIsGivenUpInTime() throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(listener) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, length) == 0 && listen(listener, 5) == 0 && getsockname(listener, $0, &length) == 0
      }
    }
    #expect(isBound)
    var timeouts = PostgresTimeouts()
    timeouts.connect = .milliseconds(200)
    let place = PostgresAddress(conninfo: "host=127.0.0.1 port=\(UInt16(bigEndian: address.sin_port)) user=x")
    let start = MonotonicClock.now
    let error = #expect(throws: PostgresError.self) {
      try PostgresConnection(place, application: "tests", timeouts: timeouts)
    }
    #expect(error?.isUnavailable == true)
    #expect(MonotonicClock.now - start < 10_000_000_000)
  }

  @Test func workThatMovesBytesMayTakeLongerThanTheResponseTimeout() throws {
    let connection = try connect { _ in }
    connection.responseTimeout = .milliseconds(400)
    // Ten answers, each 100 ms after the one before: a second in all.
    let results = try connection.pipeline { (pipeline) throws(PostgresError) in
      for _ in 0..<10 { try pipeline.add(sql: "SELECT pg_sleep(0.1), repeat('x', 20000)") }
    }
    #expect(results.count == 10)
  }
}

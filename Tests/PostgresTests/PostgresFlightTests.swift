import Postgres
import TestSupport
import Testing

@Suite struct PostgresFlightTests {
  private static let insert = PostgresStatement("flight_insert", "INSERT INTO flown (n) VALUES ($1) RETURNING n")

  private func parameters(_ number: Int64) -> PostgresParameters {
    var parameters = PostgresParameters()
    parameters.int64(number)
    return parameters
  }

  private func withTable(_ body: (PostgresConnection, TestDatabase) throws -> Void) throws {
    let database = try TestDatabase.makeEmpty()
    let connection = try database.connect()
    try connection.execute("CREATE TABLE flown (n bigint PRIMARY KEY)")
    try body(connection, database)
  }

  @Test func answersComeInTheOrderOfSendingAndTheConnectionIsUsableAfter() throws {
    try withTable { connection, _ in
      for round in 0..<3 as Range<Int64> {
        for number in 0..<5 as Range<Int64> { try connection.launch(Self.insert, parameters(round * 10 + number)) }
        #expect(connection.inFlight == 5)
        for number in 0..<5 as Range<Int64> { #expect(try connection.land().int64(0, 0) == round * 10 + number) }
        #expect(connection.inFlight == 0)
        #expect(try connection.query(sql: "SELECT count(*) FROM flown").int64(0, 0) == (round + 1) * 5)
      }
    }
  }

  @Test func eachCommitsOrFailsAlone() throws {
    try withTable { connection, _ in
      for number in [1, 1, 2] as [Int64] { try connection.launch(Self.insert, parameters(number)) }
      #expect(try connection.land().int64(0, 0) == 1)
      let error = #expect(throws: PostgresError.self) { _ = try connection.land() }
      #expect(error?.sqlState == "23505")
      #expect(error?.isConnectionLost == false)
      #expect(try connection.land().int64(0, 0) == 2)
      #expect(try connection.query(sql: "SELECT count(*) FROM flown").int64(0, 0) == 2)
    }
  }

  @Test func aLostConnectionIsToldForAllInFlight() throws {
    try withTable { connection, database in
      try connection.launch(Self.insert, parameters(0))
      _ = try connection.land()
      let other = try database.connect()
      try other.execute("BEGIN; LOCK TABLE flown")
      for number in [1, 2] as [Int64] { try connection.launch(Self.insert, parameters(number)) }
      try other.execute("SELECT pg_terminate_backend(\(connection.processID))")
      for _ in 0..<2 {
        let error = #expect(throws: PostgresError.self) { _ = try connection.land() }
        #expect(error?.isConnectionLost == true)
      }
      #expect(throws: PostgresError.self) { try connection.launch(Self.insert, parameters(3)) }
      try other.execute("ROLLBACK")
      #expect(try other.query(sql: "SELECT count(*) FROM flown").int64(0, 0) == 1)
    }
  }

  @Test func aBigStatementIsSentThoughTheServerIsBusyAnswering() throws {
    try withTable { connection, _ in
      let echo = PostgresStatement("flight_echo", "SELECT $1::bytea")
      var big = PostgresParameters()
      big.bytes([UInt8](repeating: 7, count: 4 << 20))
      for _ in 0..<3 { try connection.launch(echo, big) }
      for _ in 0..<3 { #expect(try connection.land().bytes(0, 0).count == 4 << 20) }
    }
  }
}

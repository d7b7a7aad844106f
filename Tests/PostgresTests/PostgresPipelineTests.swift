import Postgres
import TestSupport
import Testing

@Suite struct PostgresPipelineTests {
  let database: TestDatabase
  let connection: PostgresConnection
  let insert = PostgresStatement("insert", "INSERT INTO t VALUES ($1)")
  let count = PostgresStatement("count", "SELECT count(*) FROM t")

  init() throws {
    database = try TestDatabase.makeEmpty()
    connection = try database.connect()
    try connection.execute("CREATE TABLE t (id bigint PRIMARY KEY)")
  }

  private func number(_ value: Int64) -> PostgresParameters {
    var parameters = PostgresParameters()
    parameters.int64(value)
    return parameters
  }

  @Test func resultsComeInTheOrderOfTheStatements() throws {
    let results = try connection.pipeline { (pipeline) throws(PostgresError) in
      try pipeline.add(sql: "BEGIN")
      for value in 1...100 { try pipeline.add(insert, number(Int64(value))) }
      try pipeline.add(count)
      try pipeline.add(sql: "COMMIT")
    }
    #expect(results.count == 103)
    #expect(results[0].commandTag == "BEGIN")
    #expect((1...100).allSatisfy { results[$0].affectedRows == 1 })
    #expect(try results[101].int64(0, 0) == 100)
    #expect(results[102].commandTag == "COMMIT")
    #expect(!connection.isInTransaction)
  }

  @Test func statementsPreparedInsideAPipelineAreKnownAfterIt() throws {
    for value in 1...3 {
      _ = try connection.pipeline { (pipeline) throws(PostgresError) in
        try pipeline.add(insert, number(Int64(value)))
        try pipeline.add(insert, number(Int64(value + 10)))
      }
    }
    _ = try connection.query(insert, number(100))
    #expect(try connection.query(sql: "SELECT count(*) FROM pg_prepared_statements").int64(0, 0) == 1)
    #expect(try connection.query(count).int64(0, 0) == 7)
  }

  @Test func aFailureInTheMiddleUndoesAllAndLeavesTheConnectionUsable() throws {
    _ = try connection.query(insert, number(5))
    let error = #expect(throws: PostgresError.self) {
      try connection.pipeline { (pipeline) throws(PostgresError) in
        try pipeline.add(insert, number(1))
        try pipeline.add(insert, number(5))
        try pipeline.add(insert, number(6))
        try pipeline.add(count)
      }
    }
    #expect(error?.sqlState == "23505")
    #expect(error?.what == "run statement insert")
    #expect(!connection.isInTransaction && !connection.isBroken)
    #expect(try connection.query(count).int64(0, 0) == 1)
  }

  @Test func aFailureWithinBeginLeavesAnAbortedTransactionToRollBack() throws {
    #expect(throws: PostgresError.self) {
      try connection.pipeline { (pipeline) throws(PostgresError) in
        try pipeline.add(sql: "BEGIN")
        try pipeline.add(insert, number(1))
        try pipeline.add(sql: "SELECT 1/0")
        try pipeline.add(sql: "COMMIT")
      }
    }
    #expect(connection.isInTransaction)
    connection.rollbackIfNeeded()
    #expect(!connection.isInTransaction)
    #expect(try connection.query(count).int64(0, 0) == 0)
  }

  @Test func aPreparationThatWasSkippedIsDoneLater() throws {
    #expect(throws: PostgresError.self) {
      try connection.pipeline { (pipeline) throws(PostgresError) in
        try pipeline.add(sql: "SELECT 1/0")
        try pipeline.add(insert, number(1))
      }
    }
    _ = try connection.query(insert, number(1))
    #expect(try connection.query(count).int64(0, 0) == 1)
  }

  @Test func aPreparationThatFailedIsToldAsSuch() throws {
    let wrong = PostgresStatement("wrong", "SELECT * FROM nowhere")
    let error = #expect(throws: PostgresError.self) {
      try connection.pipeline { (pipeline) throws(PostgresError) in try pipeline.add(wrong) }
    }
    #expect(error?.what == "prepare statement wrong")
    #expect(error?.sqlState == "42P01")
  }

  @Test func commitAfterAFailedTransactionIsAnError() throws {
    try connection.execute("BEGIN")
    #expect(throws: PostgresError.self) { try connection.execute("SELECT 1/0") }
    let error = #expect(throws: PostgresError.self) {
      try connection.pipeline { (pipeline) throws(PostgresError) in try pipeline.add(sql: "COMMIT") }
    }
    #expect(error?.sqlState == "25P02")
    #expect(!connection.isInTransaction)
  }

  @Test func anErrorOfTheFillClosesTheConnectionAndKeepsNothing() throws {
    let other = try database.connect()
    #expect(throws: PostgresError.self) {
      try connection.pipeline { (pipeline) throws(PostgresError) in
        try pipeline.add(insert, number(1))
        try pipeline.flush()
        throw PostgresError("think", message: "changed my mind")
      }
    }
    #expect(connection.isBroken)
    // The insert holds its row lock until the server has noticed; a count sees only what is committed.
    try waitUntil("the session is gone") {
      try other.query(sql: "SELECT count(*) FROM pg_stat_activity WHERE pid = \(connection.processID)").int64(0, 0) == 0
    }
    #expect(try other.query(sql: "SELECT count(*) FROM t").int64(0, 0) == 0)
  }

  @Test(arguments: [1_000, 1_000_000]) func bigPayloadsBothWaysDoNotDeadlock(size: Int) throws {
    let echo = PostgresStatement("echo", "SELECT $1")
    let times = 20_000_000 / size
    var parameters = PostgresParameters()
    parameters.bytes([UInt8](repeating: 0x5A, count: size))
    let results = try connection.pipeline { (pipeline) throws(PostgresError) in
      for _ in 0..<times { try pipeline.add(echo, parameters) }
    }
    #expect(results.count == times)
    #expect(try results.allSatisfy { try $0.bytes(0, 0).count == size && $0.bytes(0, 0).last == 0x5A })
  }

  @Test func anEmptyPipelineIsNothing() throws {
    let results = try connection.pipeline { (_) throws(PostgresError) in }
    #expect(results.isEmpty)
    #expect(try connection.query(count).int64(0, 0) == 0)
  }

  @Test func flushInTheMiddleChangesNothing() throws {
    let results = try connection.pipeline { (pipeline) throws(PostgresError) in
      for value in 1...10 {
        try pipeline.add(insert, number(Int64(value)))
        try pipeline.flush()
      }
      try pipeline.add(count)
    }
    #expect(results.count == 11)
    #expect(try results[10].int64(0, 0) == 10)
  }

  @Test func copyInAPipelineIsRefused() throws {
    #expect(throws: PostgresError.self) {
      try connection.pipeline { (pipeline) throws(PostgresError) in try pipeline.add(sql: "COPY t TO STDOUT") }
    }
    #expect(throws: PostgresError.self) { try connection.execute("SELECT 1") }
  }
}

import Postgres
import TestSupport
import Testing

@Suite struct PostgresCopyTests {
  let database: TestDatabase
  let connection: PostgresConnection
  private let toTable = "COPY t FROM STDIN (FORMAT binary)"
  private let fromTable = "COPY (SELECT * FROM t ORDER BY i8) TO STDOUT (FORMAT binary)"

  init() throws {
    database = try TestDatabase.makeEmpty()
    connection = try database.connect()
    try connection.execute(
      "CREATE TABLE t (i2 smallint, i4 int, i8 bigint PRIMARY KEY, f float8, b bytea, s text, u uuid, o bool)")
  }

  private func row(_ writer: inout PostgresCopyWriter, _ key: Int64) throws(PostgresError) {
    try writer.beginRow(fieldCount: 8)
    writer.int16(Int16(truncatingIfNeeded: key))
    writer.int32(Int32(truncatingIfNeeded: key))
    writer.int64(key)
    writer.double(Double(key) / 2)
    writer.bytes([UInt8(truncatingIfNeeded: key)])
    writer.text("row \(key)")
    writer.uuid(1, UInt64(key))
    writer.bool(key % 2 == 0)
  }

  @Test func rowsGoInAndComeOut() throws {
    let copied = try connection.copyIn(toTable) { (writer) throws(PostgresError) in
      for key in 0..<10_000 { try row(&writer, Int64(key)) }
    }
    #expect(copied == 10_000)
    var next: Int64 = 0
    try connection.copyOut(fromTable) { (row) throws(PostgresError) in
      #expect(row.count == 8)
      #expect(try row.int16(0) == Int16(truncatingIfNeeded: next))
      #expect(try row.int32(1) == Int32(next))
      #expect(try row.int64(2) == next)
      #expect(try row.double(3) == Double(next) / 2)
      #expect(try row.byteArray(4) == [UInt8(truncatingIfNeeded: next)])
      #expect(try row.text(5) == "row \(next)")
      #expect(try row.bool(7) == (next % 2 == 0))
      next += 1
    }
    #expect(next == 10_000)
  }

  @Test func nullsAndBigFieldsSurvive() throws {
    let big = [UInt8](repeating: 7, count: 3_000_000)
    _ = try connection.copyIn(toTable) { (writer) throws(PostgresError) in
      for key in 0..<5 {
        try writer.beginRow(fieldCount: 8)
        writer.int16(nil)
        writer.int32(nil)
        writer.int64(Int64(key))
        writer.double(nil)
        writer.bytes(big)
        writer.text(nil)
        writer.null()
        writer.bool(nil)
      }
    }
    var rows = 0
    try connection.copyOut(fromTable) { (row) throws(PostgresError) in
      for column in [0, 1, 3, 5, 6, 7] { #expect(row.isNull(column)) }
      #expect(try row.bytes(4).count == big.count)
      #expect(throws: PostgresError.self) { try row.int16(0) }
      #expect(throws: PostgresError.self) { try row.int16(2) }
      #expect(throws: PostgresError.self) { try row.int16(8) }
      rows += 1
    }
    #expect(rows == 5)
  }

  @Test func noRowsAtAllIsFine() throws {
    #expect(try connection.copyIn(toTable) { (_) throws(PostgresError) in } == 0)
    try connection.copyOut(fromTable) { (_) throws(PostgresError) in Issue.record("a row from nowhere") }
  }

  @Test func aViolationCopiesNothingAndTheConnectionGoesOn() throws {
    // Enough rows behind the bad one that the server's complaint comes while we still send.
    let error = #expect(throws: PostgresError.self) {
      try connection.copyIn(toTable) { (writer) throws(PostgresError) in
        try row(&writer, 1)
        for key in 1..<200_000 { try row(&writer, Int64(key)) }
      }
    }
    #expect(error?.sqlState == "23505")
    #expect(try connection.query(sql: "SELECT count(*) FROM t").int64(0, 0) == 0)
  }

  @Test func anErrorOfTheFillCopiesNothingAndIsPassedOn() throws {
    let error = #expect(throws: PostgresError.self) {
      try connection.copyIn(toTable) { (writer) throws(PostgresError) in
        for key in 0..<5_000 { try row(&writer, Int64(key)) }
        throw PostgresError("think", message: "changed my mind")
      }
    }
    #expect(error?.what == "think")
    #expect(try connection.query(sql: "SELECT count(*) FROM t").int64(0, 0) == 0)
  }

  @Test func anErrorOfTheReaderCancelsTheStatementAndIsPassedOn() throws {
    var rows = 0
    let error = #expect(throws: PostgresError.self) {
      try connection.copyOut("COPY (SELECT generate_series(1, 100000000)) TO STDOUT (FORMAT binary)") {
        (_) throws(PostgresError) in
        rows += 1
        if rows == 1_000 { throw PostgresError("think", message: "had enough") }
      }
    }
    #expect(error?.what == "think")
    #expect(rows == 1_000)
    #expect(try connection.query(sql: "SELECT 1").int32(0, 0) == 1)
  }

  @Test func aWrongStatementIsAnErrorOfTheServer() throws {
    let error = #expect(throws: PostgresError.self) {
      try connection.copyIn("COPY nowhere FROM STDIN (FORMAT binary)") { (_) throws(PostgresError) in }
    }
    #expect(error?.sqlState == "42P01")
    #expect(try connection.query(sql: "SELECT 1").int32(0, 0) == 1)
  }

  @Test func textFormatIsRefused() throws {
    #expect(throws: PostgresError.self) {
      try connection.copyOut("COPY t TO STDOUT") { (_) throws(PostgresError) in }
    }
  }

  @Test func copyWorksInsideATransaction() throws {
    try connection.transaction { () throws(PostgresError) in
      _ = try connection.copyIn(toTable) { (writer) throws(PostgresError) in try row(&writer, 1) }
      try connection.execute("UPDATE t SET i8 = 2")
    }
    #expect(try connection.query(sql: "SELECT i8 FROM t").int64(0, 0) == 2)
  }
}

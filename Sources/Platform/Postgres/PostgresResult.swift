import CPostgres

/// The rows of one statement, in binary. Reading is by row and column from 0; a value of another type or width than
/// asked for is an error, never a trap.
///
/// `@unchecked Sendable`: libpq's result is not changed after it was made, and freed when nobody holds it.
package final class PostgresResult: @unchecked Sendable {
  private let handle: OpaquePointer
  package let rowCount: Int
  package let columnCount: Int
  private let types: [UInt32]
  private let isBinary: Bool

  /// Takes ownership of `handle`.
  init(_ handle: OpaquePointer) {
    self.handle = handle
    rowCount = Int(PQntuples(handle))
    columnCount = Int(PQnfields(handle))
    isBinary = PQbinaryTuples(handle) == 1
    types = (0..<PQnfields(handle)).map { PQftype(handle, $0) }
  }

  deinit { PQclear(handle) }

  /// At the end of each method that reads through a pointer: an optimiser that has inlined it may not free the result
  /// before that.
  func stayAlive() { withExtendedLifetime(self) {} }

  /// Rows inserted, updated, deleted or selected; 0 where the statement counts none.
  package var affectedRows: Int { Int(String(cString: PQcmdTuples(handle))) ?? 0 }

  /// What was done, as the server calls it: `INSERT 0 3`, `COMMIT` …
  package var commandTag: String { String(cString: PQcmdStatus(handle)) }

  package func columnName(_ column: Int) -> String? {
    PQfname(handle, Int32(truncatingIfNeeded: column)).map { String(cString: $0) }
  }

  /// NULL, or a place that does not exist.
  package func isNull(_ row: Int, _ column: Int) -> Bool {
    guard contains(row, column) else { return true }
    return PQgetisnull(handle, Int32(row), Int32(column)) == 1
  }

  package func bool(_ row: Int, _ column: Int) throws(PostgresError) -> Bool {
    defer { stayAlive() }
    let value = try value(row, column, PostgresType.bool, 1, "boolean")
    return value.load(as: UInt8.self) != 0
  }

  package func int16(_ row: Int, _ column: Int) throws(PostgresError) -> Int16 {
    defer { stayAlive() }
    let value = try value(row, column, PostgresType.int16, 2, "smallint")
    return Int16(bigEndian: value.loadUnaligned(as: Int16.self))
  }

  package func int32(_ row: Int, _ column: Int) throws(PostgresError) -> Int32 {
    defer { stayAlive() }
    let value = try value(row, column, PostgresType.int32, 4, "integer")
    return Int32(bigEndian: value.loadUnaligned(as: Int32.self))
  }

  /// Any integer: bigint, integer, smallint, oid; and the bits of an xid8.
  package func int64(_ row: Int, _ column: Int) throws(PostgresError) -> Int64 {
    defer { stayAlive() }
    let value = try raw(row, column, "bigint")
    switch (types[column], value.count) {
    case (PostgresType.int64, 8), (PostgresType.xid8, 8):
      return Int64(bigEndian: value.loadUnaligned(as: Int64.self))
    case (PostgresType.int32, 4): return Int64(Int32(bigEndian: value.loadUnaligned(as: Int32.self)))
    case (PostgresType.int16, 2): return Int64(Int16(bigEndian: value.loadUnaligned(as: Int16.self)))
    case (PostgresType.oid, 4): return Int64(UInt32(bigEndian: value.loadUnaligned(as: UInt32.self)))
    default:
      throw PostgresError.shape(
        row, column, expected: "bigint", actual: "type \(types[column]) of \(value.count) bytes")
    }
  }

  package func double(_ row: Int, _ column: Int) throws(PostgresError) -> Double {
    defer { stayAlive() }
    let value = try value(row, column, PostgresType.double, 8, "double precision")
    return Double(bitPattern: UInt64(bigEndian: value.loadUnaligned(as: UInt64.self)))
  }

  package func uuid(_ row: Int, _ column: Int) throws(PostgresError) -> (high: UInt64, low: UInt64) {
    defer { stayAlive() }
    let value = try value(row, column, PostgresType.uuid, 16, "uuid")
    return (
      UInt64(bigEndian: value.loadUnaligned(as: UInt64.self)),
      UInt64(bigEndian: value.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    )
  }

  /// text, varchar or name; bytes that are no UTF-8 are an error.
  package func text(_ row: Int, _ column: Int) throws(PostgresError) -> String {
    defer { stayAlive() }
    let value = try raw(row, column, "text")
    let type = types[column]
    guard type == PostgresType.text || type == PostgresType.varchar || type == PostgresType.name else {
      throw PostgresError.shape(row, column, expected: "text", actual: "type \(type)")
    }
    guard let text = String(validating: value.bindMemory(to: UInt8.self), as: UTF8.self) else {
      throw PostgresError.shape(row, column, expected: "text in UTF-8", actual: "other bytes")
    }
    return text
  }

  /// The value's bytes in libpq's memory, not copied, of any type: valid while this result lives, so hold it with
  /// `withExtendedLifetime`. NULL is an error.
  package func bytes(_ row: Int, _ column: Int) throws(PostgresError) -> UnsafeRawBufferPointer {
    try raw(row, column, "bytes")
  }

  /// A copy of `bytes`.
  package func byteArray(_ row: Int, _ column: Int) throws(PostgresError) -> [UInt8] {
    defer { stayAlive() }
    return [UInt8](try raw(row, column, "bytes"))
  }

  func type(_ column: Int) -> UInt32 { types[column] }

  private func contains(_ row: Int, _ column: Int) -> Bool {
    row >= 0 && row < rowCount && column >= 0 && column < columnCount
  }

  @inline(__always)
  private func value(
    _ row: Int, _ column: Int, _ type: UInt32, _ width: Int, _ expected: StaticString
  ) throws(PostgresError) -> UnsafeRawBufferPointer {
    let value = try raw(row, column, expected)
    guard types[column] == type, value.count == width else {
      throw PostgresError.shape(
        row, column, expected: "\(expected)", actual: "type \(types[column]) of \(value.count) bytes")
    }
    return value
  }

  private func raw(
    _ row: Int, _ column: Int, _ expected: StaticString
  ) throws(PostgresError) -> UnsafeRawBufferPointer {
    guard contains(row, column) else {
      throw PostgresError.shape(
        row, column, expected: "\(expected)", actual: "a result of \(rowCount) rows and \(columnCount) columns")
    }
    guard isBinary else { throw PostgresError.shape(row, column, expected: "binary", actual: "a text result") }
    let (row32, column32) = (Int32(row), Int32(column))
    guard PQgetisnull(handle, row32, column32) == 0, let start = PQgetvalue(handle, row32, column32) else {
      throw PostgresError.shape(row, column, expected: "\(expected)", actual: "NULL")
    }
    return UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(handle, row32, column32)))
  }
}

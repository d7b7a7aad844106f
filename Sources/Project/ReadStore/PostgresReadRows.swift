import Postgres
import ProjectionKit

/// Rows of a query behind ProjectionKit's view of them.
final class PostgresReadRows: ReadRows {
  private let result: PostgresResult

  init(_ result: PostgresResult) { self.result = result }

  var count: Int { result.rowCount }
  func isNull(_ row: Int, _ column: Int) -> Bool { result.isNull(row, column) }
  func bool(_ row: Int, _ column: Int) throws -> Bool { try result.bool(row, column) }
  func int64(_ row: Int, _ column: Int) throws -> Int64 { try result.int64(row, column) }
  func double(_ row: Int, _ column: Int) throws -> Double { try result.double(row, column) }
  func text(_ row: Int, _ column: Int) throws -> String { try result.text(row, column) }
  func byteArray(_ row: Int, _ column: Int) throws -> [UInt8] { try result.byteArray(row, column) }

  func withBytes<R>(_ row: Int, _ column: Int, _ body: (UnsafeRawBufferPointer) throws -> R) throws -> R {
    try withExtendedLifetime(result) { try body(try result.bytes(row, column)) }
  }

  func int64Column(_ column: Int) throws -> [Int64] {
    var values: [Int64] = []
    values.reserveCapacity(result.rowCount)
    for row in 0..<result.rowCount { values.append(try result.int64(row, column)) }
    return values
  }

  func doubleColumn(_ column: Int) throws -> [Double] {
    var values: [Double] = []
    values.reserveCapacity(result.rowCount)
    for row in 0..<result.rowCount { values.append(try result.double(row, column)) }
    return values
  }
}

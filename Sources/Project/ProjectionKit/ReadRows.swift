/// Rows of a query, by row and column from 0. A value of another type than asked for is an error, never a trap.
package protocol ReadRows: AnyObject {
  var count: Int { get }
  func isNull(_ row: Int, _ column: Int) -> Bool
  func bool(_ row: Int, _ column: Int) throws -> Bool
  /// Any integer type.
  func int64(_ row: Int, _ column: Int) throws -> Int64
  func double(_ row: Int, _ column: Int) throws -> Double
  func text(_ row: Int, _ column: Int) throws -> String
  /// A copy of a bytea.
  func byteArray(_ row: Int, _ column: Int) throws -> [UInt8]
  /// A bytea in place: valid during `body` only.
  func withBytes<R>(_ row: Int, _ column: Int, _ body: (UnsafeRawBufferPointer) throws -> R) throws -> R
  /// A whole column of integers, none of them NULL.
  func int64Column(_ column: Int) throws -> [Int64]
  /// A whole column of doubles, none of them NULL.
  func doubleColumn(_ column: Int) throws -> [Double]
}

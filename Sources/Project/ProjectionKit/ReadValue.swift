/// One parameter of a statement; the case says the Postgres type.
package enum ReadValue: Sendable {
  case null
  case bool(Bool)
  case int16(Int16)
  case int32(Int32)
  case int64(Int64)
  case double(Double)
  case text(String)
  case bytes([UInt8])
  /// A one-dimensional array, for `unnest($1)` and `= ANY($1)`.
  case array(ReadColumn)
}

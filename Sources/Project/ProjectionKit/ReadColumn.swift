/// Values of one column, row by row: for COPY, and as array parameter (`unnest($1)`). The case says the Postgres type.
package enum ReadColumn: Sendable {
  case bool([Bool])
  case int16([Int16])
  case int32([Int32])
  case int64([Int64])
  case int64OrNull([Int64?])
  case double([Double])
  case doubleOrNull([Double?])
  case text([String])
  case textOrNull([String?])
  case bytes([[UInt8]])
  case bytesOrNull([[UInt8]?])
  /// bytea, many small values in one piece of memory.
  case packed(PackedBytes)

  package var count: Int {
    switch self {
    case .bool(let values): values.count
    case .int16(let values): values.count
    case .int32(let values): values.count
    case .int64(let values): values.count
    case .int64OrNull(let values): values.count
    case .double(let values): values.count
    case .doubleOrNull(let values): values.count
    case .text(let values): values.count
    case .textOrNull(let values): values.count
    case .bytes(let values): values.count
    case .bytesOrNull(let values): values.count
    case .packed(let values): values.count
    }
  }
}

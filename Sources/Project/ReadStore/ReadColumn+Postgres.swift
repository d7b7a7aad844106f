import Postgres
import ProjectionKit

extension ReadColumn {
  /// Adds the column as one array parameter.
  func add(to parameters: inout PostgresParameters) {
    switch self {
    case .bool(let values): parameters.boolArray(values)
    case .int16(let values): parameters.int16Array(values)
    case .int32(let values): parameters.int32Array(values)
    case .int64(let values): parameters.int64Array(values)
    case .int64OrNull(let values): parameters.int64Array(values)
    case .double(let values): parameters.doubleArray(values)
    case .doubleOrNull(let values): parameters.doubleArray(values)
    case .text(let values): parameters.textArray(values)
    case .textOrNull(let values): parameters.textArray(values)
    case .bytes(let values): parameters.byteaArray(values)
    case .bytesOrNull(let values): parameters.byteaArray(values)
    case .packed(let values): parameters.byteaArray((0..<values.count).map { Array(values.bytes[values.range($0)]) })
    }
  }

  /// Writes the value of one row as the next field.
  @inline(__always)
  func write(_ row: Int, to writer: inout PostgresCopyWriter) {
    switch self {
    case .bool(let values): writer.bool(values[row])
    case .int16(let values): writer.int16(values[row])
    case .int32(let values): writer.int32(values[row])
    case .int64(let values): writer.int64(values[row])
    case .int64OrNull(let values): writer.int64(values[row])
    case .double(let values): writer.double(values[row])
    case .doubleOrNull(let values): writer.double(values[row])
    case .text(let values): writer.text(values[row])
    case .textOrNull(let values): writer.text(values[row])
    case .bytes(let values): writer.bytes(values[row])
    case .bytesOrNull(let values): writer.bytes(values[row])
    case .packed(let values):
      values.bytes.withUnsafeBytes { writer.bytes(UnsafeRawBufferPointer(rebasing: $0[values.range(row)])) }
    }
  }
}

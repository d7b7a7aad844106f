import Postgres
import ProjectionKit

extension ReadValue {
  /// Adds the value as the next parameter.
  func add(to parameters: inout PostgresParameters) {
    switch self {
    case .null: parameters.null()
    case .bool(let value): parameters.bool(value)
    case .int16(let value): parameters.int16(value)
    case .int32(let value): parameters.int32(value)
    case .int64(let value): parameters.int64(value)
    case .double(let value): parameters.double(value)
    case .text(let value): parameters.text(value)
    case .bytes(let value): parameters.bytes(value)
    case .array(let column): column.add(to: &parameters)
    }
  }
}

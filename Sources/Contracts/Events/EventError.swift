package import ColumnCodec

/// Why an event's bytes could not be read. Always final (reject): the same bytes fail again. Its text holds no data and is
/// safe to show.
package enum EventError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Columns or a Protobuf message are damaged.
  case damaged(ColumnError)
  /// Well-formed bytes that say something an event cannot say.
  case invalid(String)
  /// Written by a newer Daybook.
  case unknownSchema(type: EventType, version: Int16)

  package var description: String {
    switch self {
    case .damaged(let cause): "cannot read event: \(cause)"
    case .invalid(let what): "cannot read event: \(what)"
    case .unknownSchema(let type, let version):
      "cannot read event: expected schema version \(type.schemaVersion) or older of \(type.name), actual \(version): "
        + "a newer Daybook wrote it; update this one"
    }
  }
}

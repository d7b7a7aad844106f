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
  /// Written by a newer Daybook: there is no such type here.
  case unknownType(Int16)
  /// Written by a newer Daybook: a row of several events of another layout.
  case unknownRun(version: Int16)

  /// The bytes are whole, and a newer program reads them.
  package var isOfNewerDaybook: Bool {
    switch self {
    case .damaged, .invalid: false
    case .unknownSchema, .unknownType, .unknownRun: true
    }
  }

  /// What is wrong, without what to do.
  package var reason: String {
    switch self {
    case .damaged(let cause): "\(cause)"
    case .invalid(let what): what
    case .unknownSchema(let type, let version):
      "expected schema version \(type.schemaVersion) or older of \(type.name), actual \(version)"
    case .unknownType(let number): "its type is \(number), which this program does not know"
    case .unknownRun(let version):
      "expected schema version \(EventRun.schemaVersion) of a row of several events, actual \(version)"
    }
  }

  package var description: String {
    "cannot read event: \(reason)" + (isOfNewerDaybook ? ": a newer Daybook wrote it; update this one" : "")
  }
}

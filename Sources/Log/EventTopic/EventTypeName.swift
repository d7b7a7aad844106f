import Events

/// `ce_type`: the full name of the payload's Protobuf message.
enum EventTypeName {
  static let prefix = "daybook.v1."

  static func type(_ text: UnsafeRawBufferPointer) -> EventType? {
    guard text.count > prefix.utf8.count, zip(prefix.utf8, text).allSatisfy({ $0 == $1 }) else { return nil }
    let name = text[prefix.utf8.count...]
    return EventType.allCases.first { $0.name.utf8.elementsEqual(name) }
  }
}

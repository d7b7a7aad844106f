import Glibc

/// The headers of an event's message: CloudEvents 1.0 in Kafka's binary mode, and one of our own. docs/EVENTS.md says what
/// stands in each.
enum EventHeader: Int, CaseIterable {
  // In the order in which they are written.
  case specVersion, id, source, type, time, recordedTime, sequence, schemaVersion, commandID, hash, previousHash
  case contentType, metadata
  /// Where the event has samples.
  case timeMin, timeMax, sampleCount
  /// Where the command came with one.
  case traceParent

  var name: StaticString {
    switch self {
    case .specVersion: "ce_specversion"
    case .id: "ce_id"
    case .source: "ce_source"
    case .type: "ce_type"
    case .time: "ce_time"
    case .recordedTime: "ce_recordedtime"
    case .sequence: "ce_sequence"
    case .schemaVersion: "ce_schemaversion"
    case .commandID: "ce_commandid"
    case .hash: "ce_hash"
    case .previousHash: "ce_previoushash"
    case .contentType: "content-type"
    case .metadata: "daybook-metadata"
    case .timeMin: "ce_timemin"
    case .timeMax: "ce_timemax"
    case .sampleCount: "ce_samplecount"
    case .traceParent: "ce_traceparent"
    }
  }

  /// The one of this name. Looks first at the one that our writer puts at `place`.
  static func named(_ name: UnsafePointer<CChar>, at place: Int) -> EventHeader? {
    if let expected = EventHeader(rawValue: place), expected.isNamed(name) { return expected }
    return allCases.first { $0.isNamed(name) }
  }

  private func isNamed(_ text: UnsafePointer<CChar>) -> Bool {
    strcmp(UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self), text) == 0
  }
}

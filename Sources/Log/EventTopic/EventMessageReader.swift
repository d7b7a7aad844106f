import ColumnCodec
package import Events
import Hashing
import Runtime

/// Takes messages apart, in two steps: whose and which event it is, which is cheap and enough to pass over what is known
/// already; then the event itself. Used by one thread; per message `begin`, `header` …, `head`, `event`.
package struct EventMessageReader: ~Copyable {
  /// Whose event it is, and which.
  package struct Head: Hashable, Sendable {
    package let source: EventSource
    package let position: Int64
  }

  /// Why a message of ours does not hold the event that it should.
  package struct Damage: Error, Hashable, Sendable {
    package let reason: String
  }

  private var values: [UnsafeRawBufferPointer?]
  private var count = 0
  private var sha = SHA256()
  private var canonical = ByteBuffer()

  package init() { values = Array(repeating: nil, count: EventHeader.allCases.count) }

  /// A new message.
  package mutating func begin() {
    count = 0
    for index in values.indices { values[index] = nil }
  }

  /// One of its headers, in order. `value` has to stay valid until the next `begin`; of two with one name the first counts.
  package mutating func header(_ name: UnsafePointer<CChar>, _ value: UnsafeRawBufferPointer) {
    if let header = EventHeader.named(name, at: count), values[header.rawValue] == nil {
      values[header.rawValue] = value
    }
    count += 1
  }

  /// - Parameter shard: the partition it was read from.
  package func head(shard: Int, hasValue: Bool) -> Result<Head, NotOurs> {
    guard count > 0 else { return .failure(NotOurs(why: hasValue ? .noHeaders : .tombstone)) }
    guard let text = values[EventHeader.source.rawValue], let source = EventSource(text) else {
      return .failure(NotOurs(why: .otherSource))
    }
    guard let position = values[EventHeader.sequence.rawValue].flatMap({ EventText.integer($0) }), position > 0,
      isID(of: shard, position)
    else { return .failure(NotOurs(why: .noPosition)) }
    return .success(Head(source: source, position: position))
  }

  package struct NotOurs: Error, Hashable, Sendable {
    package let why: ForeignMessage
  }

  /// The hash that it says its event has; nil where it cannot be read.
  package var hash: [UInt8]? {
    values[EventHeader.hash.rawValue].flatMap { EventText.bytes(hex: $0, count: EventHash.size) }
  }

  /// The event, with the hash of the one before it. What it returns has the hash that it says: it is the event that some
  /// store of ours has under that hash, whole and unchanged.
  package mutating func event(
    shard: Int, position: Int64, value: UnsafeRawBufferPointer?
  ) throws(Damage) -> (record: EventRecord, previousHash: [UInt8]) {
    guard let value else { throw Damage(reason: "it has no value") }
    guard value.count <= EventRecord.payloadLimit else { throw Damage(reason: "its value has \(value.count) bytes") }
    let hash = try bytes(.hash)
    let previous = try bytes(.previousHash)
    guard let type = EventTypeName.type(try self.value(.type)) else { throw Damage(reason: "its type is not known") }
    guard let recordedAt = RFC3339.nanoseconds(try self.value(.recordedTime)) else {
      throw Self.unreadable(.recordedTime)
    }
    guard let command = EventText.uuid(try self.value(.commandID)) else { throw Self.unreadable(.commandID) }
    guard let version = Int16(exactly: try integer(.schemaVersion)) else { throw Self.unreadable(.schemaVersion) }
    guard let samples = Int32(exactly: try integer(.sampleCount, absent: 0)) else {
      throw Self.unreadable(.sampleCount)
    }
    let record = EventRecord(
      shard: shard, position: position, type: type, schemaVersion: version, recordedAt: recordedAt,
      commandHigh: command.high, commandLow: command.low, timeMin: try integer(.timeMin, absent: 0),
      timeMax: try integer(.timeMax, absent: 0), sampleCount: samples, metadata: Array(try self.value(.metadata)),
      payload: Array(value), hash: hash)
    canonical.removeAll()
    EventHash.head(previous: previous, record: record, into: &canonical)
    canonical.withUnsafeBytes { sha.update($0) }
    sha.update(value)
    guard sha.finish() == hash else { throw Damage(reason: "its hash is not that of its content") }
    return (record, previous)
  }

  // MARK: Headers

  private func value(_ header: EventHeader) throws(Damage) -> UnsafeRawBufferPointer {
    guard let value = values[header.rawValue] else { throw Damage(reason: "it has no header \(header.name)") }
    return value
  }

  private func integer(_ header: EventHeader, absent: Int64? = nil) throws(Damage) -> Int64 {
    if values[header.rawValue] == nil, let absent { return absent }
    guard let value = EventText.integer(try value(header)) else { throw Self.unreadable(header) }
    return value
  }

  private func bytes(_ header: EventHeader) throws(Damage) -> [UInt8] {
    guard let bytes = EventText.bytes(hex: try value(header), count: EventHash.size) else {
      throw Self.unreadable(header)
    }
    return bytes
  }

  /// `ce_id` says the shard: a message that was put into another partition is not taken for that one's.
  private func isID(of shard: Int, _ position: Int64) -> Bool {
    guard let id = values[EventHeader.id.rawValue], let dash = id.firstIndex(of: UInt8(ascii: "-")) else {
      return false
    }
    return EventText.integer(UnsafeRawBufferPointer(rebasing: id[..<dash])) == Int64(shard)
      && EventText.integer(UnsafeRawBufferPointer(rebasing: id[(dash + 1)...])) == position
  }

  private static func unreadable(_ header: EventHeader) -> Damage {
    Damage(reason: "its header \(header.name) cannot be read")
  }
}

import ColumnCodec

/// Small events of one shard and one transaction, neighbours in the log, that share a row of the events table: most of what
/// a row costs, in bytes and in time, does not depend on what is in it. docs/event-format.md has the layout.
///
/// The row has the position and the hash of the last of them; the hashes before it follow from the chain.
package enum EventRun {
  /// What stands in the column `type` of such a row; no event has it.
  package static let rowType: Int16 = 0
  package static let schemaVersion: Int16 = 1
  /// The most events of a run. A reader that begins in the middle of one takes it apart from its beginning.
  package static let countLimit = 64
  /// The most bytes of a run, as `size` counts: two rows find room in a page, and none is moved out of line.
  package static let bytesLimit = 4_000
  /// A bigger event gets a row of its own.
  package static let eventLimit = 512

  /// A row that holds a run, as it is written.
  package struct Row {
    /// Of the last event.
    package let commandHigh: UInt64
    package let commandLow: UInt64
    /// The first and last time of the events that have times; both 0 when none has.
    package let timeMin: Int64
    package let timeMax: Int64
    /// Of all together.
    package let sampleCount: Int32
    /// Of the first event, and of all those that do not bring another.
    package let metadata: [UInt8]
    package let payload: [UInt8]

    package init(
      commandHigh: UInt64, commandLow: UInt64, timeMin: Int64, timeMax: Int64, sampleCount: Int32, metadata: [UInt8],
      payload: [UInt8]
    ) {
      self.commandHigh = commandHigh
      self.commandLow = commandLow
      self.timeMin = timeMin
      self.timeMax = timeMax
      self.sampleCount = sampleCount
      self.metadata = metadata
      self.payload = payload
    }
  }

  /// Whether `event` may share a row at all.
  package static func takes(_ event: borrowing EventRecord) -> Bool {
    event.payload.count + event.metadata.count <= eventLimit
  }

  /// At most so many bytes are what `event` adds to a run.
  package static func size(of event: borrowing EventRecord) -> Int {
    event.payload.count + event.metadata.count + eventOverhead
  }

  /// Two varints of 3 bytes, the id, two times of 10, four varints of 5.
  private static let eventOverhead = 6 + 16 + 20 + 20

  /// - Parameter events: 2 to `countLimit` neighbours of one shard with one `recordedAt`.
  package static func encode(_ events: ArraySlice<EventRecord>) -> Row {
    guard let first = events.first, let last = events.last, (2...countLimit).contains(events.count) else {
      preconditionFailure("BUG: a run of \(events.count) events")
    }
    let (timeMin, timeMax, sampleCount) = totals(events)
    var buffer = ByteBuffer(capacity: bytesLimit)
    buffer.putVarint(UInt64(events.count))
    var time = timeMin
    for event in events {
      buffer.putVarint(UInt64(UInt16(bitPattern: event.type.rawValue)))
      buffer.putVarint(UInt64(UInt16(bitPattern: event.schemaVersion)))
      buffer.putFixed64(event.commandHigh.byteSwapped)
      buffer.putFixed64(event.commandLow.byteSwapped)
      buffer.putZigzag(event.timeMin &- time)
      buffer.putZigzag(event.timeMax &- event.timeMin)
      time = event.timeMin
      buffer.putVarint(UInt64(UInt32(bitPattern: event.sampleCount)))
      putMetadata(event.metadata, first.metadata, into: &buffer)
      buffer.putVarint(UInt64(event.payload.count))
      buffer.putBytes(event.payload)
    }
    return Row(
      commandHigh: last.commandHigh, commandLow: last.commandLow, timeMin: timeMin, timeMax: timeMax,
      sampleCount: sampleCount, metadata: first.metadata, payload: buffer.bytes)
  }

  /// What it shares with the first event's is not said again: of one client's commands little else than the size of the
  /// body differs, which stands at the end.
  private static func putMetadata(_ metadata: [UInt8], _ first: [UInt8], into buffer: inout ByteBuffer) {
    var shared = 0
    while shared < min(metadata.count, first.count), metadata[shared] == first[shared] { shared += 1 }
    buffer.putVarint(UInt64(shared))
    buffer.putVarint(UInt64(metadata.count - shared))
    metadata.withUnsafeBytes { buffer.putBytes(UnsafeRawBufferPointer(rebasing: $0[shared...])) }
  }

  private static func totals(_ events: ArraySlice<EventRecord>) -> (timeMin: Int64, timeMax: Int64, samples: Int32) {
    var (timeMin, timeMax) = (Int64.max, Int64.min)
    var samples: Int32 = 0
    for event in events where event.sampleCount > 0 {
      samples += event.sampleCount
      timeMin = min(timeMin, event.timeMin)
      timeMax = max(timeMax, event.timeMax)
    }
    return samples > 0 ? (timeMin, timeMax, samples) : (0, 0, 0)
  }

  /// The events of a row, in order, without their hashes.
  /// - Parameter position: of the last of them.
  /// - Throws: also when a column of the row is not what the events make it.
  package static func decode(
    _ row: Row, shard: Int, position: Int64, schemaVersion: Int16, recordedAt: Int64
  ) throws(EventError) -> [EventRecord] {
    guard schemaVersion == Self.schemaVersion else { throw .unknownRun(version: schemaVersion) }
    let content: Result<[EventRecord], EventError>
    do throws(ColumnError) {
      content = try row.payload.withUnsafeBufferPointer { (payload) throws(ColumnError) in
        try read(UnsafeRawBufferPointer(payload), shard, position, recordedAt, row)
      }
    } catch {
      throw .damaged(error)
    }
    let events = try content.get()
    let (timeMin, timeMax, samples) = totals(events[...])
    guard let last = events.last, last.commandHigh == row.commandHigh, last.commandLow == row.commandLow,
      timeMin == row.timeMin, timeMax == row.timeMax, samples == row.sampleCount, events[0].metadata == row.metadata
    else { throw .invalid("the columns of a run are not those of its events") }
    return events
  }

  private static func read(
    _ payload: UnsafeRawBufferPointer, _ shard: Int, _ position: Int64, _ recordedAt: Int64, _ row: Row
  ) throws(ColumnError) -> Result<[EventRecord], EventError> {
    var reader = ByteReader(payload)
    let count = try reader.count(limit: countLimit, of: "events of a run")
    guard count >= 2, Int64(count) <= position else {
      throw .malformed("expected 2 to \(position) events, actual \(count)", at: reader.position)
    }
    var events: [EventRecord] = []
    events.reserveCapacity(count)
    var time = row.timeMin
    for index in 0..<count {
      let number = Int16(try reader.count(limit: Int(Int16.max), of: "type"))
      guard let type = EventType(rawValue: number) else { return .failure(.unknownType(number)) }
      let version = try reader.count(limit: Int(Int16.max), of: "schema version")
      let (high, low) = (try reader.fixed64().byteSwapped, try reader.fixed64().byteSwapped)
      time = time &+ (try reader.zigzag())
      let timeMax = time &+ (try reader.zigzag())
      let samples = try reader.count(limit: SamplesRecorded.countLimit, of: "samples")
      let metadata = try readMetadata(&reader, row.metadata)
      let size = try reader.count(limit: bytesLimit, of: "bytes of an event")
      events.append(
        EventRecord(
          shard: shard, position: position - Int64(count - 1 - index), type: type, schemaVersion: Int16(version),
          recordedAt: recordedAt, commandHigh: high, commandLow: low, timeMin: time, timeMax: timeMax,
          sampleCount: Int32(samples), metadata: metadata, payload: [UInt8](try reader.take(size))))
    }
    guard reader.isAtEnd else { throw .malformed("expected the end of the run", at: reader.position) }
    return .success(events)
  }

  private static func readMetadata(_ reader: inout ByteReader, _ first: [UInt8]) throws(ColumnError) -> [UInt8] {
    let shared = try reader.count(limit: first.count, of: "shared bytes of metadata")
    let rest = try reader.count(limit: bytesLimit, of: "bytes of metadata")
    if shared == first.count, rest == 0 { return first }
    return try Array(first[..<shared]) + reader.take(rest)
  }
}

import ColumnCodec
import Events
import Hashing
import Postgres

/// A row of the events table as read: one event, or a run of them.
struct StoredRow {
  private enum Content {
    case event(EventRecord)
    /// In order, without hashes but for the last.
    case run([EventRecord])
    case unreadable(EventError)
  }

  let shard: Int
  private let content: Content

  /// - Parameter rows: whose first twelve columns are those of the table, in the order of `feed_events`.
  init(_ rows: PostgresResult, _ row: Int) throws(FeedError) {
    let (shard, position, number) = try StoreFeed.guarded { () throws(PostgresError) in
      (Int(try rows.int32(row, 0)), try rows.int64(row, 1), try rows.int16(row, 2))
    }
    self.shard = shard
    if number == EventRun.rowType {
      content = try Self.run(rows, row, shard, position)
    } else if let type = EventType(rawValue: number) {
      content = .event(try Self.event(rows, row, shard, position, type))
    } else {
      content = .unreadable(.unknownType(number))
    }
  }

  /// All its events, with their hashes.
  /// - Parameter hash: of the row before it in the shard.
  func events(after hash: [UInt8]) throws(FaultCause) -> [EventRecord] {
    switch content {
    case .event(let event): [event]
    case .run(let events): try Self.chained(events[...], after: hash)
    case .unreadable(let error): throw .unreadable(error)
    }
  }

  /// The events above `position`, with their hashes. Where they do not follow on it, hashes within a run are left out: the
  /// caller finds the gap.
  /// - Parameter hash: of the event at `position`.
  func events(after position: Int64, hash: [UInt8]) throws(FaultCause) -> [EventRecord] {
    switch content {
    case .event(let event): return [event]
    case .run(let events):
      let new = events.drop { $0.position <= position }
      guard new.first?.position == position + 1 else { return Array(new) }
      return try Self.chained(new, after: hash)
    case .unreadable(let error): throw .unreadable(error)
    }
  }

  /// The hash of the last is in the row: when it follows from the one before, so do those between, and no column of the
  /// row was changed.
  private static func chained(
    _ events: ArraySlice<EventRecord>, after hash: [UInt8]
  ) throws(FaultCause) -> [EventRecord] {
    var events = Array(events)
    guard let last = events.last else { return [] }
    guard hash.count == EventHash.size else {
      throw .storeChanged("the hash before event \(last.position) has \(hash.count) bytes")
    }
    var sha = SHA256()
    var canonical = ByteBuffer()
    var previous = hash
    for index in events.indices {
      canonical.removeAll()
      EventHash.canonical(previous: previous, record: events[index], into: &canonical)
      canonical.withUnsafeBytes { sha.update($0) }
      previous = sha.finish()
      events[index].hash = previous
    }
    guard previous == last.hash else {
      throw .storeChanged("the hash of event \(last.position) does not follow from the events before it")
    }
    return events
  }

  // MARK: Columns

  private static func event(
    _ rows: PostgresResult, _ row: Int, _ shard: Int, _ position: Int64, _ type: EventType
  ) throws(FeedError) -> EventRecord {
    try StoreFeed.guarded { () throws(PostgresError) in
      let command = try rows.uuid(row, 5)
      return EventRecord(
        shard: shard, position: position, type: type, schemaVersion: try rows.int16(row, 3),
        recordedAt: try rows.int64(row, 4), commandHigh: command.high, commandLow: command.low,
        timeMin: try rows.int64(row, 6), timeMax: try rows.int64(row, 7), sampleCount: try rows.int32(row, 8),
        metadata: try rows.byteArray(row, 9), payload: try rows.byteArray(row, 10), hash: try rows.byteArray(row, 11))
    }
  }

  private static func run(
    _ rows: PostgresResult, _ row: Int, _ shard: Int, _ position: Int64
  ) throws(FeedError) -> Content {
    let (run, version, recordedAt, hash) = try StoreFeed.guarded { () throws(PostgresError) in
      let command = try rows.uuid(row, 5)
      let run = EventRun.Row(
        commandHigh: command.high, commandLow: command.low, timeMin: try rows.int64(row, 6),
        timeMax: try rows.int64(row, 7), sampleCount: try rows.int32(row, 8), metadata: try rows.byteArray(row, 9),
        payload: try rows.byteArray(row, 10))
      return (run, try rows.int16(row, 3), try rows.int64(row, 4), try rows.byteArray(row, 11))
    }
    do throws(EventError) {
      var events = try EventRun.decode(
        run, shard: shard, position: position, schemaVersion: version, recordedAt: recordedAt)
      events[events.count - 1].hash = hash
      return .run(events)
    } catch {
      return .unreadable(error)
    }
  }
}

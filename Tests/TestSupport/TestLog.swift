package import Events
import ColumnCodec
import Hashing
package import Postgres
import Runtime

/// Appends events to a store in the plainest way, as its owner: for tests of what reads them. Not thread-safe; several may
/// append to one store.
package final class TestLog {
  private let connection: PostgresConnection
  package let shards: Int

  package init(_ address: PostgresAddress) throws {
    connection = try PostgresConnection(address, application: "test log")
    shards = Int(try connection.query(sql: "SELECT shards FROM daybook_events.store").int32(0, 0))
  }

  /// Who the store is.
  package func identity() throws -> StoreIdentity {
    let row = try connection.query(sql: "SELECT id, generation FROM daybook_events.store")
    let id = try row.uuid(0, 0)
    return StoreIdentity(idHigh: id.high, idLow: id.low, generation: try row.int32(0, 1), shards: shards)
  }

  /// One event of samples; returns its position. The ids must be the shard's.
  @discardableResult
  package func record(shard: Int, _ samples: SampleColumns, mode: SampleMode = .replace) throws -> Int64 {
    try append(shard: shard, [samplesEvent(shard, samples, mode)])
  }

  /// `count` events of one sample each, in one transaction; times rise from `time`. Returns the last position.
  @discardableResult
  package func recordMany(shard: Int, count: Int, time: Int64 = 0) throws -> Int64 {
    try append(
      shard: shard,
      (0..<count).map {
        let sample = SampleColumns(series: [Int64(shard)], times: [time + Int64($0)], values: [Double($0)])
        return samplesEvent(shard, sample, .replace)
      })
  }

  /// The same in as few rows as `EventRun` allows.
  @discardableResult
  package func recordTogether(shard: Int, count: Int, time: Int64 = 0) throws -> Int64 {
    try append(
      shard: shard,
      (0..<count).map {
        let sample = SampleColumns(series: [Int64(shard)], times: [time + Int64($0)], values: [Double($0)])
        return samplesEvent(shard, sample, .replace)
      }, inRuns: true)
  }

  /// One event that registers series under the next ids of the shard.
  @discardableResult
  package func register(shard: Int, _ keys: [SeriesKey]) throws -> Int64 {
    let known = try connection.query(sql: "SELECT series FROM daybook_events.shards WHERE shard = \(shard)").int64(0, 0)
    let entries = keys.enumerated().map { offset, key in
      let hash = XXH3.hash128(key.canonical)
      return SeriesRegistered.Entry(
        id: SeriesID(index: known + Int64(offset), shard: shard, shards: shards), fingerprintHigh: hash.high,
        fingerprintLow: hash.low, key: key)
    }
    try connection.execute(
      "UPDATE daybook_events.shards SET series = series + \(keys.count) WHERE shard = \(shard)")
    let events = SeriesRegistered.split(entries, shards: shards).map { part in
      part.columns.withUnsafeBytes {
        event(
          shard, .seriesRegistered,
          SeriesRegistered.encode(count: part.range.count, compression: .none, columnsSize: $0.count, columns: $0))
      }
    }
    return try append(shard: shard, events)
  }

  /// An event of any content; the payload may be nonsense.
  @discardableResult
  package func append(shard: Int, type: EventType, payload: [UInt8]) throws -> Int64 {
    try append(shard: shard, [event(shard, type, payload)])
  }

  /// Takes the next positions of a shard and gives them back by rolling back.
  package func rollBack(shard: Int) throws {
    let sample = SampleColumns(series: [Int64(shard)], times: [0], values: [0])
    _ = try append(shard: shard, [samplesEvent(shard, sample, .replace)], commit: false)
  }

  package func execute(_ sql: String) throws { try connection.execute(sql) }

  private func samplesEvent(_ shard: Int, _ samples: SampleColumns, _ mode: SampleMode) -> EventRecord {
    var buffer = ByteBuffer()
    SamplesRecorded.encodeColumns(samples, 0..<samples.count, shards: shards, into: &buffer)
    let payload = buffer.withUnsafeBytes {
      SamplesRecorded.encode(
        mode: mode, count: samples.count, compression: .none, columnsSize: $0.count, columns: $0)
    }
    var record = event(shard, .samplesRecorded, payload)
    record.sampleCount = Int32(samples.count)
    if let times = samples.times(of: 0..<samples.count) {
      (record.timeMin, record.timeMax) = (times.lowerBound, times.upperBound)
    }
    return record
  }

  private func event(_ shard: Int, _ type: EventType, _ payload: [UInt8]) -> EventRecord {
    let command = UUIDv7()
    return EventRecord(
      shard: shard, position: 0, type: type, schemaVersion: type.schemaVersion, recordedAt: 0,
      commandHigh: command.high, commandLow: command.low, timeMin: 0, timeMax: 0, sampleCount: 0, metadata: [],
      payload: payload)
  }

  private func append(
    shard: Int, _ events: [EventRecord], commit: Bool = true, inRuns: Bool = false
  ) throws -> Int64 {
    try connection.execute("BEGIN")
    let head = try connection.query(
      sql: "SELECT position, hash, recorded_at FROM daybook_events.shards WHERE shard = \(shard) FOR UPDATE")
    var position = try head.int64(0, 0)
    var hash = try head.byteArray(0, 1)
    let recordedAt = max(WallClock.now, try head.int64(0, 2))
    var placed: [EventRecord] = []
    for var event in events {
      position += 1
      event.position = position
      event.recordedAt = recordedAt
      var buffer = ByteBuffer()
      EventHash.canonical(previous: hash, record: event, into: &buffer)
      hash = SHA256.hash(buffer.bytes)
      event.hash = hash
      placed.append(event)
    }
    try insert(placed, inRuns: inRuns)
    var parameters = PostgresParameters()
    parameters.int32(Int32(shard))
    parameters.int64(position)
    parameters.bytes(hash)
    parameters.int64(recordedAt)
    _ = try connection.query(
      sql: "UPDATE daybook_events.shards SET position = $2, hash = $3, recorded_at = $4 WHERE shard = $1", parameters)
    try connection.execute(commit ? "COMMIT" : "ROLLBACK")
    if commit { try connection.execute("NOTIFY daybook_events") }
    return position
  }

  private func insert(_ events: [EventRecord], inRuns: Bool) throws {
    var rest = events[...]
    while let first = rest.first {
      let count = inRuns ? min(rest.count, EventRun.countLimit) : 1
      let run = rest.prefix(count)
      rest = rest.dropFirst(count)
      guard count > 1, let last = run.last else {
        _ = try connection.query(Self.insert, Self.parameters(first, type: first.type.rawValue))
        continue
      }
      let row = EventRun.encode(run)
      var event = last
      (event.timeMin, event.timeMax, event.sampleCount) = (row.timeMin, row.timeMax, row.sampleCount)
      (event.metadata, event.payload) = (row.metadata, row.payload)
      _ = try connection.query(Self.insert, Self.parameters(event, type: EventRun.rowType))
    }
  }

  private static let insert = PostgresStatement(
    "test_insert",
    """
    INSERT INTO daybook_events.events (shard, position, type, schema_version, recorded_at, command_id, time_min,
      time_max, sample_count, metadata, payload, hash)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
    """)

  private static func parameters(_ event: EventRecord, type: Int16) -> PostgresParameters {
    var parameters = PostgresParameters()
    parameters.int32(Int32(event.shard))
    parameters.int64(event.position)
    parameters.int16(type)
    parameters.int16(event.schemaVersion)
    parameters.int64(event.recordedAt)
    parameters.uuid(event.commandHigh, event.commandLow)
    parameters.int64(event.timeMin)
    parameters.int64(event.timeMax)
    parameters.int32(event.sampleCount)
    parameters.bytes(event.metadata)
    parameters.bytes(event.payload)
    parameters.bytes(event.hash)
    return parameters
  }
}

import ColumnCodec
import Commands
import Events
import Hashing
import Postgres
import Runtime
import Testing

/// The whole log, with everything checked that must hold for every log: positions 1…n without a gap, the chain of hashes
/// recomputed (also within rows of several events), `recorded_at` never going back, the heads equal to the last events, every series registered before use.
struct CheckedLog {
  /// Per shard, in order of position.
  let events: [[EventRecord]]

  init(_ connection: PostgresConnection, shards: Int) throws {
    events = try (0..<shards).map { try Self.check(connection, $0, of: shards) }
    commands = Self.count(events.flatMap { $0 })
  }

  var all: [EventRecord] { events.flatMap { $0 } }
  func of(_ type: EventType) -> [EventRecord] { all.filter { $0.type == type } }

  /// In how many events of samples a command stands, by the text of its id.
  let commands: [String: Int]

  private static func count(_ events: [EventRecord]) -> [String: Int] {
    var counts: [String: Int] = [:]
    for event in events where event.type == .samplesRecorded {
      counts[UUIDv7(high: event.commandHigh, low: event.commandLow).description, default: 0] += 1
    }
    return counts
  }

  private static func check(_ connection: PostgresConnection, _ shard: Int, of shards: Int) throws -> [EventRecord] {
    let events = try read(connection, shard)
    var (hash, recordedAt) = (EventHash.beforeFirst, Int64.min)
    var registered: Set<SeriesID> = []
    for (index, event) in events.enumerated() {
      #expect(event.position == Int64(index + 1), "shard \(shard) has a gap")
      #expect(event.recordedAt >= recordedAt)
      #expect(event.payload.count <= EventRecord.payloadLimit)
      var canonical = ByteBuffer()
      EventHash.canonical(previous: hash, record: event, into: &canonical)
      (hash, recordedAt) = (SHA256.hash(canonical.bytes), event.recordedAt)
      // Within a row of several events only the last has its hash.
      if !event.hash.isEmpty { #expect(event.hash == hash, "the chain breaks at \(event.shardPosition)") }
      switch event.type {
      case .seriesRegistered:
        for entry in try LogContent.series(event, shards: shards) { registered.insert(entry.id) }
      case .metricDescribed:
        let metric = try LogContent.description(event).metric
        #expect(ShardOf.series(metric.fingerprint, shards: shards) == shard)
        #expect((event.sampleCount, event.timeMin, event.timeMax) == (0, 0, 0))
      case .samplesRecorded, .samplesRetracted:
        let samples = try LogContent.samples(event, shards: shards).samples
        #expect(Int32(samples.count) == event.sampleCount)
        #expect(samples.series.allSatisfy { registered.contains(SeriesID(rawValue: $0)) })
        #expect(samples.times(of: 0..<samples.count) == event.timeMin...event.timeMax)
      }
    }
    try checkHead(connection, shard, events.last, registered)
    return events
  }

  private static func checkHead(
    _ connection: PostgresConnection, _ shard: Int, _ last: EventRecord?, _ registered: Set<SeriesID>
  ) throws {
    let head = try connection.query(
      sql: "SELECT position, hash, recorded_at, series FROM daybook_events.shards WHERE shard = \(shard)")
    #expect(try head.int64(0, 0) == last?.position ?? 0)
    #expect(try head.byteArray(0, 1) == last?.hash ?? EventHash.beforeFirst)
    #expect(try head.int64(0, 2) == last?.recordedAt ?? 0)
    #expect(try head.int64(0, 3) == Int64(registered.count))
  }

  private static func read(_ connection: PostgresConnection, _ shard: Int) throws -> [EventRecord] {
    let rows = try connection.query(
      sql: """
        SELECT position, type, schema_version, recorded_at, command_id, time_min, time_max, sample_count, metadata,
          payload, hash
        FROM daybook_events.events WHERE shard = \(shard) ORDER BY position
        """)
    return try (0..<rows.rowCount).flatMap { try events(rows, $0, shard) }
  }

  /// Those of one row.
  private static func events(_ rows: PostgresResult, _ row: Int, _ shard: Int) throws -> [EventRecord] {
    let (position, version) = (try rows.int64(row, 0), try rows.int16(row, 2))
    let (recordedAt, command) = (try rows.int64(row, 3), try rows.uuid(row, 4))
    guard try rows.int16(row, 1) == EventRun.rowType else {
      return [
        EventRecord(
          shard: shard, position: position, type: try #require(EventType(rawValue: try rows.int16(row, 1))),
          schemaVersion: version, recordedAt: recordedAt, commandHigh: command.high, commandLow: command.low,
          timeMin: try rows.int64(row, 5), timeMax: try rows.int64(row, 6), sampleCount: try rows.int32(row, 7),
          metadata: try rows.byteArray(row, 8), payload: try rows.byteArray(row, 9), hash: try rows.byteArray(row, 10))
      ]
    }
    let run = EventRun.Row(
      commandHigh: command.high, commandLow: command.low, timeMin: try rows.int64(row, 5),
      timeMax: try rows.int64(row, 6), sampleCount: try rows.int32(row, 7), metadata: try rows.byteArray(row, 8),
      payload: try rows.byteArray(row, 9))
    var events = try EventRun.decode(
      run, shard: shard, position: position, schemaVersion: version, recordedAt: recordedAt)
    events[events.count - 1].hash = try rows.byteArray(row, 10)
    return events
  }
}

import Commands
import EventStore
import EventStoreMigrations
import Events
import Hashing
import Postgres
import Runtime
import Synchronization
import TestSupport
import Testing

@Test func twoServicesThatRegisterTheSameSeriesAndKeysInOppositeOrderDoNotDeadlock() throws {
  let harness = try StoreHarness()
  let appenders = (0..<2).map { _ in harness.appender() }
  let failures = Mutex<[String]>([])
  let (rounds, keysCount) = (10, 200)
  for round in 0..<rounds {
    let names = (0..<20).map { "r\(round) m\($0)" }
    let threads = appenders.enumerated().map { index, appender in
      OwnedThread("client") {
        // One appender's groups hold keys and series in one order, the other's in the opposite one.
        let keys = index == 0 ? Array(0..<keysCount) : (0..<keysCount).reversed()
        let ordered = index == 0 ? names : names.reversed()
        let samples = ordered.map { (name: $0, time: Int64(round), value: 1.0) }
        let results = Result {
          try appender.recordTogether(
            keys.map { try TestCommand.record(samples, to: appender, key: "\(round) \($0)") })
        }
        for result in (try? results.get()) ?? [.failure(.rejected(reason: "\(results)"))] {
          if case .failure(let error) = result { failures.withLock { $0.append("\(error)") } }
        }
      }
    }
    for thread in threads { thread.join() }
  }
  for appender in appenders { appender.stop() }
  #expect(failures.withLock { $0 } == [])
  #expect(try harness.deadlocks() == 0)
  #expect(try harness.count("SELECT count(*) FROM daybook_events.series") == rounds * 20)
  let log = try harness.log()
  let entries = try log.of(.seriesRegistered).flatMap { try LogContent.series($0, shards: harness.identity.shards) }
  #expect(entries.count == rounds * 20)
  #expect(Set(entries.map(\.key)).count == rounds * 20)
  #expect(Set(entries.map(\.id)).count == rounds * 20)
  #expect(log.commands.count == rounds * keysCount)
}

@Test func aSeriesHasOneIdInTheLogTheRegistryAndEveryCache() throws {
  let harness = try StoreHarness()
  let first = harness.appender()
  let samples = (0..<50).map { (name: "m\($0)", time: Int64(1), value: 1.0) }
  _ = try first.record(TestCommand.record(samples, to: first)).get()
  first.stop()
  // One that knows nothing finds them in the registry.
  let second = harness.appender()
  _ = try second.record(TestCommand.record(samples, to: second)).get()
  second.stop()
  let log = try harness.log()
  #expect(try harness.count("SELECT count(*) FROM daybook_events.series") == 50)
  for event in log.of(.seriesRegistered) {
    for entry in try LogContent.series(event, shards: harness.identity.shards) {
      #expect(entry.id.shard(of: harness.identity.shards) == event.shard)
      #expect(first.series.lookup(entry.key.fingerprint) == entry.id)
      #expect(second.series.lookup(entry.key.fingerprint) == entry.id)
      #expect(
        try harness.count(
          """
          SELECT count(*) FROM daybook_events.series
          WHERE id = \(entry.id) AND key = decode('\(hex(entry.key.canonical))', 'hex')
            AND fingerprint = decode('\(hex(entry.key.fingerprint.bytes))', 'hex')
          """) == 1)
    }
  }
  #expect(log.of(.seriesRegistered).count <= harness.identity.shards)
}

@Test func aGroupThatFailsRegistersNothing() throws {
  let harness = try StoreHarness()
  try harness.withAppender { appender in
    let bad = appender.record(try TestCommand.record([("new", 1, 1)], to: appender, key: TestCommand.badKey))
    #expect(throws: AppendError.self) { try bad.get() }
    #expect(appender.series.count == 0)
    #expect(try harness.count("SELECT count(*) FROM daybook_events.series") == 0)
    _ = try appender.record(TestCommand.record([("new", 1, 1)], to: appender)).get()
    #expect(appender.series.count == 1)
  }
}

/// A store whose registry still has names and labels as text, as version 5 of the schema had them.
@Test func aRegistryOfAnEarlierVersionBecomesCanonicalBytes() throws {
  let database = try TestDatabase.makeEmpty()
  defer { withExtendedLifetime(database) {} }
  let connection = try database.connect()
  let long = String(repeating: "ü", count: 255)
  let keys = [
    try SeriesKey(name: "up"), try SeriesKey(name: "cpu", labels: [("host", "h\"1"), ("dc", "\u{e9}\n")]),
    // In bytes Z comes before a, and a before é.
    try SeriesKey(
      name: long, labels: [("é", "1"), ("Z", "2"), ("a", String(repeating: "x", count: 1_024)), (long, "4")]),
    try SeriesKey(name: "many", labels: (0..<64).map { ("label\($0)", "value\($0)") }),
  ]
  let migrations = EventStoreMigrations.all
  _ = try PostgresMigrator(schema: "daybook_events", migrations: Array(migrations.prefix(5)))
    .migrate(connection, substitute: ["shards": "4"])
  for (id, key) in keys.enumerated() {
    var parameters = PostgresParameters()
    parameters.int64(Int64(id))
    parameters.bytes(key.fingerprint.bytes)
    parameters.text(key.name)
    let labels = key.labels.map { "\(JSONText.quoted($0.key)):\(JSONText.quoted($0.value))" }
    parameters.text("{\(labels.joined(separator: ","))}")
    _ = try connection.query(
      sql: """
        INSERT INTO daybook_events.series (id, fingerprint, name, labels)
        VALUES ($1::bigint, $2::bytea, $3::text, $4::text::jsonb)
        """, parameters)
  }
  _ = try PostgresMigrator(schema: "daybook_events", migrations: migrations)
    .migrate(connection, substitute: ["shards": "4"])
  let rows = try connection.query(sql: "SELECT key, fingerprint FROM daybook_events.series ORDER BY id")
  #expect(rows.rowCount == keys.count)
  for (row, key) in keys.enumerated() {
    #expect(try rows.byteArray(row, 0) == key.canonical)
    #expect(try rows.byteArray(row, 1) == XXH3.hash128(try rows.byteArray(row, 0)).bytes)
  }
}

private func hex(_ bytes: [UInt8]) -> String {
  bytes.map { byte in String(byte >> 4, radix: 16) + String(byte & 15, radix: 16) }.joined()
}

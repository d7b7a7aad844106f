import EventFeed
import Events
import TestSupport
import Testing

@Suite struct EventDecoderTests {
  @Test func samplesComeBackBitByBit() throws {
    let database = try TestDatabase.make()
    let log = try TestLog(database.address())
    let samples = SampleColumns(
      series: [3, 11, 3], times: [-5, .max, 0], values: [-0.0, .infinity, Double(bitPattern: 0x7FF8_0000_0000_0001)])
    try log.record(shard: 3, samples, mode: .observe)
    let feed = try StoreFeed(database.address("daybook_feed"), application: "tests")
    let batch = try feed.fetch(after: [FeedMark(shard: 3, position: 0, hash: [])], limits: FeedLimits())
    let event = try EventDecoder(shards: 8).decode(try #require(batch.records.first))
    guard case .samplesRecorded(.observe, let decoded) = event.content else {
      Issue.record("decoded \(event)")
      return
    }
    #expect(decoded.series == samples.series)
    #expect(decoded.times == samples.times)
    #expect(decoded.values.map(\.bitPattern) == samples.values.map(\.bitPattern))
  }

  @Test func registeredSeriesComeBackWithTheirIDs() throws {
    let database = try TestDatabase.make()
    let log = try TestLog(database.address())
    let keys = try (0..<5).map { try SeriesKey(name: "cpu", labels: [("host", "h\($0)"), ("zone", "a\"b")]) }
    try log.register(shard: 2, keys)
    let feed = try StoreFeed(database.address("daybook_feed"), application: "tests")
    let batch = try feed.fetch(after: [FeedMark(shard: 2, position: 0, hash: [])], limits: FeedLimits())
    let event = try EventDecoder(shards: 8).decode(try #require(batch.records.first))
    guard case .seriesRegistered(let entries) = event.content else {
      Issue.record("decoded \(event)")
      return
    }
    #expect(entries.map(\.key) == keys)
    #expect(entries.map(\.id.rawValue) == [2, 10, 18, 26, 34])
  }

  @Test func descriptionsAreDecoded() throws {
    let described = try MetricDescribed(metric: SeriesKey(name: "m"), unit: .set("s"), kind: .set(.counter))
    let record = EventRecord(
      shard: 1, position: 7, type: .metricDescribed, schemaVersion: 1, recordedAt: 5, commandHigh: 0, commandLow: 0,
      timeMin: 0, timeMax: 0, sampleCount: 0, metadata: [], payload: described.encoded())
    guard case .metricDescribed(described) = try EventDecoder(shards: 8).decode(record).content else {
      Issue.record("not what was encoded")
      return
    }
  }

  @Test func damagedPayloadsAreErrorsAndNeverTraps() {
    var random = SeededRandom()
    let types: [EventType] = [.samplesRecorded, .seriesRegistered, .metricDescribed]
    for length in 0..<200 {
      let payload = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
      let record = EventRecord(
        shard: 1, position: 7, type: types[length % types.count], schemaVersion: 1,
        recordedAt: 0, commandHigh: 0, commandLow: 0, timeMin: 0, timeMax: 0, sampleCount: 0, metadata: [],
        payload: payload)
      do throws(EventError) {
        _ = try EventDecoder(shards: 8).decode(record)
      } catch {
        #expect(!error.isOfNewerDaybook)
        #expect(!error.reason.isEmpty)
      }
    }
  }

  @Test func anotherSchemaVersionIsRefused() {
    let record = EventRecord(
      shard: 0, position: 1, type: .samplesRecorded, schemaVersion: 9, recordedAt: 0, commandHigh: 0, commandLow: 0,
      timeMin: 0, timeMax: 0, sampleCount: 0, metadata: [], payload: [])
    let error = #expect(throws: EventError.self) { try EventDecoder(shards: 8).decode(record) }
    #expect(error?.isOfNewerDaybook == true)
  }
}

import ColumnCodec
import EventFeed
import Events
import Hashing
import Postgres
import Runtime
import TestSupport
import Testing

@Suite struct StoreFeedTests {
  private let start = (0..<8).map { FeedMark(shard: $0, position: 0, hash: []) }

  private func feed(_ database: TestDatabase) throws -> StoreFeed {
    try StoreFeed(database.address("daybook_feed"), application: "tests")
  }

  private func mark(_ record: EventRecord) -> FeedMark {
    FeedMark(shard: record.shard, position: record.position, hash: record.hash)
  }

  @Test func anEmptyStoreGivesNothingAndItsIdentity() throws {
    let database = try TestDatabase.make(shards: 3)
    let feed = try feed(database)
    #expect(feed.identity == (try TestLog(database.address()).identity()))
    #expect(try feed.fetch(after: Array(start.prefix(3)), limits: FeedLimits()).records.isEmpty)
    #expect(try feed.heads().map(\.position) == [0, 0, 0])
  }

  @Test func aDatabaseWithoutAStoreSaysSo() throws {
    let database = try TestDatabase.makeEmpty()
    do throws(FeedError) {
      _ = try StoreFeed(database.address(), application: "tests")
      Issue.record("it connected")
    } catch {
      guard case .noStore = error else { throw error }
    }
  }

  @Test func aFetchIsFairAndBoundedByEvents() throws {
    let database = try TestDatabase.make()
    let log = try TestLog(database.address())
    try log.recordMany(shard: 0, count: 500)
    try log.recordMany(shard: 5, count: 20)
    let limits = FeedLimits(events: 100, bytes: 1 << 20, samples: 1 << 20)
    let batch = try feed(database).fetch(after: start, limits: limits)
    #expect(batch.records.filter { $0.shard == 5 }.map(\.position) == Array(1...20))
    #expect(batch.records.filter { $0.shard == 0 }.map(\.position) == Array(1...80))
    #expect(batch.isFull)
    #expect(batch.heads.map(\.position) == [500, 0, 0, 0, 0, 20, 0, 0])
  }

  @Test func bytesAndSamplesBoundAFetchButOneEventAlwaysComes() throws {
    let database = try TestDatabase.make()
    let log = try TestLog(database.address())
    var random = SeededRandom()
    let noise = SampleColumns(
      series: Array(repeating: 0, count: 1_000),
      times: (0..<1_000).map { _ in .random(in: 0...(1 << 60), using: &random) },
      values: (0..<1_000).map { _ in .random(in: 0...1, using: &random) })
    for _ in 0..<10 { try log.record(shard: 0, noise) }
    let feed = try feed(database)
    func count(bytes: Int, samples: Int) throws -> Int {
      try feed.fetch(after: [start[0]], limits: FeedLimits(events: 100, bytes: bytes, samples: samples)).records.count
    }
    #expect(try count(bytes: 1, samples: 1_000_000) == 1)
    #expect(try count(bytes: 1_000_000, samples: 1) == 1)
    #expect(try count(bytes: 1_000_000, samples: 2_500) == 3)
    #expect(try count(bytes: 1_000_000, samples: 1_000_000) == 10)
    let size = try feed.fetch(after: [start[0]], limits: FeedLimits()).records[0].payload.count
    #expect(try count(bytes: 3 * size, samples: 1_000_000) == 3)
  }

  @Test func readingOnFromAnyMarkMissesAndRepeatsNothing() throws {
    let database = try TestDatabase.make()
    let log = try TestLog(database.address())
    for shard in 0..<8 { try log.recordMany(shard: shard, count: 30 * (shard + 1)) }
    let feed = try feed(database)
    var marks = start
    var seen = Array(repeating: Int64(0), count: 8)
    while true {
      let batch = try feed.fetch(after: marks, limits: FeedLimits(events: 37, bytes: 1 << 20, samples: 1 << 20))
      if batch.records.isEmpty { break }
      for record in batch.records {
        #expect(record.position == seen[record.shard] + 1)
        seen[record.shard] = record.position
        marks[record.shard] = mark(record)
      }
    }
    #expect(seen == (1...8).map { Int64(30 * $0) })
  }

  @Test func aStoreThatWasChangedIsNoticed() throws {
    let database = try TestDatabase.make()
    let log = try TestLog(database.address())
    try log.recordMany(shard: 1, count: 5)
    let feed = try feed(database)
    let records = try feed.fetch(after: start, limits: FeedLimits()).records
    let marks = records.map(mark)
    #expect(try feed.verify(marks) == [])
    func expectChanged(_ faults: [FeedFault], at position: Int64) {
      #expect(faults.map(\.shard) == [1])
      #expect(faults.map(\.position) == [position])
      #expect(faults.first?.reason.contains("restored or changed") == true)
      #expect(faults.first?.remedy.contains("daybook migrate --restored") == true)
    }
    let wrong = FeedMark(shard: 1, position: 3, hash: marks[3].hash)
    expectChanged(try feed.verify([marks[4], wrong]), at: 4)
    expectChanged(try feed.verify([FeedMark(shard: 1, position: 6, hash: marks[4].hash), wrong]), at: 4)
    let mark = FeedMark(shard: 1, position: 5, hash: marks[3].hash)
    expectChanged(try feed.fetch(after: [mark], limits: FeedLimits()).faults, at: 6)
    try log.execute("DELETE FROM daybook_events.events WHERE shard = 1 AND position = 4")
    expectChanged(try feed.verify([marks[3]]), at: 5)
    let batch = try feed.fetch(after: [marks[1]], limits: FeedLimits())
    expectChanged(batch.faults, at: 4)
    #expect(batch.records.map(\.position) == [3])
    #expect(!batch.isFull)
    try log.execute("UPDATE daybook_events.shards SET position = 2 WHERE shard = 1")
    expectChanged(try feed.fetch(after: [marks[4]], limits: FeedLimits()).faults, at: 6)
  }

  @Test func aShardThatCannotBeReadOnEndsThereAndTheOthersGoOn() throws {
    let database = try TestDatabase.make()
    let log = try TestLog(database.address())
    for shard in [0, 2, 3, 5] { try log.recordMany(shard: shard, count: 9) }
    try log.recordMany(shard: 7, count: 1)
    try log.recordTogether(shard: 7, count: 5)
    try log.execute(
      """
      UPDATE daybook_events.events SET type = 99 WHERE shard = 0 AND position = 5;
      DELETE FROM daybook_events.events WHERE shard = 2 AND position = 1;
      DELETE FROM daybook_events.events WHERE shard = 3;
      UPDATE daybook_events.events SET payload = substr(payload, 1, 30) WHERE shard = 7 AND position = 6
      """)
    let batch = try feed(database).fetch(after: start, limits: FeedLimits())
    #expect(batch.faults.map(\.shard) == [0, 2, 3, 7])
    #expect(batch.faults.map(\.position) == [5, 1, 1, 2])
    let last = Dictionary(batch.records.map { ($0.shard, $0.position) }, uniquingKeysWith: max)
    #expect(last == [0: 4, 5: 9, 7: 1])
    #expect(!batch.isFull)
    #expect(batch.faults[0].remedy.contains("update this program"))
    #expect(batch.faults[1].reason.contains("event 1 is missing"))
    #expect(batch.faults[3].remedy.contains("from a backup"))
  }

  @Test func lagTellsEventsAndTheOldestOne() throws {
    let database = try TestDatabase.make()
    let log = try TestLog(database.address())
    try log.recordMany(shard: 2, count: 3)
    let feed = try feed(database)
    let records = try feed.fetch(after: start, limits: FeedLimits()).records
    let lags = try feed.lag(after: [start[1], mark(records[0])])
    #expect(lags.map(\.shard) == [1, 2])
    #expect(lags.map(\.events) == [0, 2])
    #expect(lags[0].oldestRecordedAt == nil)
    #expect(lags[1].oldestRecordedAt == records[1].recordedAt)
    #expect(lags[1].seconds(at: records[1].recordedAt + 2_000_000_000) == 2)
  }

  /// Of shard 2: one event alone, runs of 64 and 6, two alone.
  private func logWithRuns(_ database: TestDatabase) throws -> TestLog {
    let log = try TestLog(database.address())
    try log.recordMany(shard: 2, count: 1)
    try log.recordTogether(shard: 2, count: 70, time: 100)
    try log.recordMany(shard: 2, count: 2, time: 200)
    return log
  }

  @Test func eventsThatShareARowComeAsIfEachHadItsOwn() throws {
    let database = try TestDatabase.make()
    _ = try logWithRuns(database)
    let feed = try feed(database)
    let records = try feed.fetch(after: start, limits: FeedLimits()).records
    #expect(records.map(\.position) == Array(1...73))
    #expect(records.map(\.timeMin) == [0] + (100..<170).map { Int64($0) } + [200, 201])
    var hash = EventHash.beforeFirst
    for record in records {
      var canonical = ByteBuffer()
      EventHash.canonical(previous: hash, record: record, into: &canonical)
      hash = SHA256.hash(canonical.bytes)
      #expect(record.hash == hash)
    }
    // From every place, within rows too, the rest is the same.
    for (index, record) in records.enumerated() {
      #expect(try feed.fetch(after: [mark(record)], limits: FeedLimits()).records == Array(records[(index + 1)...]))
    }
    #expect(try feed.verify(records.map(mark)) == [])
  }

  @Test func theLimitOfEventsIsExceededByTheRestOfARowAtMost() throws {
    let database = try TestDatabase.make()
    _ = try logWithRuns(database)
    let feed = try feed(database)
    func last(_ events: Int) throws -> Int64? {
      let batch = try feed.fetch(
        after: [start[2]], limits: FeedLimits(events: events, bytes: 1 << 20, samples: 1 << 20))
      #expect(batch.isFull == (batch.records.count < 73))
      return batch.records.last?.position
    }
    #expect(try last(1) == 1)
    #expect(try last(2) == 65)
    #expect(try last(64) == 65)
    #expect(try last(66) == 71)
    #expect(try last(72) == 72)
    #expect(try last(73) == 73)
  }

  @Test func aChangeWithinARowOfSeveralEventsIsNoticed() throws {
    let database = try TestDatabase.make()
    let log = try logWithRuns(database)
    let feed = try feed(database)
    let marks = try feed.fetch(after: start, limits: FeedLimits()).records.map(mark)
    func expectNoticed(_ change: String, _ body: () throws -> [FeedFault]) throws {
      try log.execute("CREATE TABLE public.kept AS TABLE daybook_events.events")
      try log.execute(change)
      #expect(try body().map(\.shard) == [2], "after \(change)")
      try log.execute(
        """
        TRUNCATE daybook_events.events; INSERT INTO daybook_events.events SELECT * FROM public.kept;
        DROP TABLE public.kept
        """)
    }
    let run = "shard = 2 AND position = 65"
    let payload = "payload = set_byte(payload, 40, get_byte(payload, 40) # 1)"
    for change in [payload, "recorded_at = recorded_at + 1", "time_min = time_min + 1", "hash = sha256(hash)"] {
      try expectNoticed("UPDATE daybook_events.events SET \(change) WHERE \(run)") {
        try feed.fetch(after: [marks[0]], limits: FeedLimits()).faults
      }
      try expectNoticed("UPDATE daybook_events.events SET \(change) WHERE \(run)") { try feed.verify([marks[10]]) }
    }
    try expectNoticed("DELETE FROM daybook_events.events WHERE \(run)") { try feed.verify([marks[10]]) }
    try expectNoticed("DELETE FROM daybook_events.events WHERE \(run)") {
      try feed.fetch(after: [marks[10]], limits: FeedLimits()).faults
    }
    let wrong = FeedMark(shard: 2, position: 11, hash: marks[11].hash)
    #expect(try feed.verify([wrong]).map(\.position) == [12])
    #expect(try feed.fetch(after: [wrong], limits: FeedLimits()).faults.map(\.position) == [12])
    #expect(try feed.verify(marks) == [])
  }

  @Test func lagCountsEventsWithinRows() throws {
    let database = try TestDatabase.make()
    _ = try logWithRuns(database)
    let feed = try feed(database)
    let records = try feed.fetch(after: start, limits: FeedLimits()).records
    let lag = try #require(try feed.lag(after: [mark(records[9])]).first)
    #expect(lag.events == 63)
    #expect(lag.oldestRecordedAt == records[10].recordedAt)
  }

  @Test func anAppendAndAWakeBothEndTheWait() throws {
    let database = try TestDatabase.make()
    let feed = try feed(database)
    let wake = WakeDescriptor()
    let log = try TestLog(database.address())
    try log.recordMany(shard: 0, count: 1)
    let before = MonotonicClock.now
    try feed.waitForEvents(timeout: .seconds(30), wake: wake)
    wake.wake()
    try feed.waitForEvents(timeout: .seconds(30), wake: wake)
    #expect(MonotonicClock.now - before < 10_000_000_000)
  }

  @Test func theFeedsRoleCanChangeNothing() throws {
    let database = try TestDatabase.make()
    let connection = try database.connect("daybook_feed")
    for sql in [
      "INSERT INTO daybook_events.store SELECT * FROM daybook_events.store", "DELETE FROM daybook_events.events",
      "UPDATE daybook_events.shards SET position = 0", "UPDATE daybook_events.events SET payload = ''",
    ] {
      #expect(throws: PostgresError.self) { try connection.execute(sql) }
    }
  }

  /// Writers append to all shards at once and roll some back; the reader polls meanwhile.
  @Test func aReaderSeesEachEventOnceAndInOrderWhileEightWritersAppend() throws {
    let database = try TestDatabase.make()
    let seed = SeededRandom().seed
    let address = database.address()
    let tally = WriterTally(writers: 8)
    let writers = (0..<8).map { number in
      OwnedThread("writer \(number)") {
        var random = SeededRandom(seed: seed &+ UInt64(number))
        do {
          let log = try TestLog(address)
          for _ in 0..<60 {
            let shard = Int.random(in: 0..<8, using: &random)
            if Int.random(in: 0..<4, using: &random) == 0 {
              try log.rollBack(shard: shard)
            } else {
              let last = try log.recordMany(shard: shard, count: .random(in: 1...5, using: &random))
              tally.reached(shard, last)
            }
          }
        } catch {
          tally.failed("\(error)")
        }
        tally.finished()
      }
    }
    let feed = try feed(database)
    var marks = start
    var seen = Array(repeating: Int64(0), count: 8)
    try waitUntil(deadline: .seconds(60), "all writers and all events") {
      let isDone = tally.isDone
      let batch = try feed.fetch(after: marks, limits: FeedLimits(events: 64, bytes: 1 << 20, samples: 1 << 20))
      for record in batch.records {
        #expect(record.position == seen[record.shard] + 1)
        seen[record.shard] = record.position
        marks[record.shard] = mark(record)
      }
      return isDone && batch.records.isEmpty
    }
    for writer in writers { writer.join() }
    #expect(tally.failures == [])
    #expect(seen == tally.last)
  }
}

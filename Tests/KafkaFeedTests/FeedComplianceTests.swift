import EventFeed
import Events
import KafkaTestSupport
import Runtime
import TestSupport
import Testing

/// What every feed keeps, whichever way events come.
@Suite(.serialized) struct FeedComplianceTests {
  /// What the store itself has, in the feed's order.
  private func stored(_ scene: FeedScene, after marks: [FeedMark]? = nil) throws -> [EventRecord] {
    let feed = try StoreFeed(scene.database.address("daybook_feed"), application: "test truth")
    var marks = marks ?? scene.start
    var records: [EventRecord] = []
    while true {
      let batch = try feed.fetch(after: marks, limits: FeedLimits())
      if batch.records.isEmpty { return records.sorted { ($0.shard, $0.position) < ($1.shard, $1.position) } }
      records += batch.records
      FeedScene.advance(&marks, batch)
    }
  }

  private func sorted(_ records: [EventRecord]) -> [EventRecord] {
    records.sorted { ($0.shard, $0.position) < ($1.shard, $1.position) }
  }

  private func fill(_ scene: FeedScene) throws {
    for shard in 0..<4 {
      try scene.log.recordMany(shard: shard, count: 20)
      try scene.log.recordTogether(shard: shard, count: 100, time: 1_000)
      try scene.log.register(shard: shard, [try SeriesKey(name: "a\(shard)", labels: [("host", "h")])])
      try scene.log.recordMany(shard: shard, count: 5, time: 2_000)
    }
  }

  @Test(arguments: FeedKind.allCases) func itGivesEachEventOnceInOrderAsItIsStored(_ kind: FeedKind) throws {
    let scene = try FeedScene(kind)
    try fill(scene)
    let feed = try scene.feed()
    #expect(feed.identity == (try scene.log.identity()))
    var marks = scene.start
    #expect(try feed.begin(after: marks, checking: marks).isEmpty)
    let expected = try stored(scene)
    let records = try scene.read(feed, &marks, expected.count)
    #expect(sorted(records) == expected)
    for shard in 0..<4 {
      #expect(records.filter { $0.shard == shard }.map(\.position) == Array(1...126))
    }
    let rest = try feed.fetch(after: marks, limits: FeedLimits())
    #expect(rest.records.isEmpty && rest.faults.isEmpty && !rest.isFull)
    #expect(feed.problem == nil)
  }

  @Test(arguments: FeedKind.allCases) func fromAnyMarkItMissesAndRepeatsNothing(_ kind: FeedKind) throws {
    let scene = try FeedScene(kind)
    try fill(scene)
    let all = try stored(scene)
    let feed = try scene.feed()
    var random = SeededRandom()
    for _ in 0..<12 {
      var marks = scene.start
      for index in marks.indices {
        let own = all.filter { $0.shard == index }
        guard let mark = ([nil] + own.map(Optional.init)).randomElement(using: &random) ?? nil else { continue }
        marks[index] = FeedMark(shard: index, position: mark.position, hash: mark.hash)
      }
      let begin = marks
      #expect(try feed.begin(after: marks, checking: marks).isEmpty)
      let expected = all.filter { $0.position > begin[$0.shard].position }
      let limits = FeedLimits(
        events: Int.random(in: 1...200, using: &random), bytes: Int.random(in: 1...20_000, using: &random),
        samples: Int.random(in: 1...500, using: &random))
      let records = expected.isEmpty ? [] : try scene.read(feed, &marks, expected.count, limits: limits)
      #expect(sorted(records) == expected)
    }
  }

  @Test(arguments: FeedKind.allCases) func aMarkThatWasSetBackIsReadFromAgain(_ kind: FeedKind) throws {
    let scene = try FeedScene(kind)
    try scene.log.recordMany(shard: 1, count: 50)
    let feed = try scene.feed()
    var marks = scene.start
    _ = try feed.begin(after: marks, checking: [])
    let first = try scene.read(feed, &marks, 50)
    // The reader was told to go on before what it was given: that had not become rows.
    marks[1] = FeedMark(shard: 1, position: 20, hash: first[19].hash)
    marks[1].offset = nil
    _ = try feed.begin(after: marks, checking: marks)
    #expect(try scene.read(feed, &marks, 30) == Array(first[20...]))
  }

  @Test(arguments: FeedKind.allCases) func limitsBoundWhatAFetchHolds(_ kind: FeedKind) throws {
    let scene = try FeedScene(kind)
    try scene.log.recordMany(shard: 0, count: 300)
    try scene.log.recordMany(shard: 5, count: 300)
    let feed = try scene.feed()
    var marks = scene.start
    _ = try feed.begin(after: marks, checking: [])
    _ = try scene.read(feed, &marks, 600)
    // Everything has come once, so that what a fetch gives hangs on its limits only.
    let begin = scene.start
    _ = try feed.begin(after: begin, checking: [])
    try waitUntil("a full fetch of 40") {
      let batch = try feed.fetch(after: begin, limits: FeedLimits(events: 40, bytes: 1 << 20, samples: 10_000))
      guard batch.records.count >= 40 else { return false }
      #expect(batch.records.count == 40 && batch.isFull)
      #expect(Set(batch.records.map(\.shard)) == [0, 5], "fairly shared")
      return true
    }
    let least = try feed.fetch(after: begin, limits: FeedLimits(events: 1, bytes: 1, samples: 1))
    #expect(
      Set(least.records.map(\.shard)) == [0, 5] && least.records.allSatisfy { $0.position == 1 }, "never nothing")
  }

  @Test(arguments: FeedKind.allCases) func nothingThatWasRolledBackComes(_ kind: FeedKind) throws {
    let scene = try FeedScene(kind)
    try scene.log.recordMany(shard: 2, count: 3)
    try scene.log.rollBack(shard: 2)
    try scene.log.rollBack(shard: 2)
    try scene.log.recordMany(shard: 2, count: 2, time: 50)
    let feed = try scene.feed()
    var marks = scene.start
    _ = try feed.begin(after: marks, checking: [])
    let records = try scene.read(feed, &marks, 5)
    #expect(records == (try stored(scene)))
    #expect(records.map(\.position) == [1, 2, 3, 4, 5])
  }

  @Test(arguments: FeedKind.allCases) func aLogThatIsNotTheOneReadSoFarStopsItsShardOnly(_ kind: FeedKind) throws {
    let scene = try FeedScene(kind)
    try scene.log.recordMany(shard: 0, count: 3)
    try scene.log.recordMany(shard: 1, count: 3)
    let feed = try scene.feed()
    var marks = scene.start
    _ = try feed.begin(after: marks, checking: [])
    _ = try scene.read(feed, &marks, 6)
    var foreign = marks
    foreign[0].hash = [UInt8](repeating: 7, count: 32)
    let faults = try feed.begin(after: foreign, checking: foreign)
    #expect(faults.map(\.shard) == [0])
    #expect(faults.first?.remedy.contains("daybook migrate --restored") == true)
    try scene.log.recordMany(shard: 1, count: 4, time: 99)
    var good = [marks[1]]
    #expect(try scene.read(feed, &good, 4).map(\.position) == [4, 5, 6, 7])
  }

  @Test(arguments: FeedKind.allCases) func anEventThatNobodyCanReadEndsItsShardAndNoOther(_ kind: FeedKind) throws {
    let scene = try FeedScene(kind)
    try scene.log.recordMany(shard: 3, count: 2)
    try scene.log.recordMany(shard: 4, count: 6)
    let feed = try scene.feed()
    var marks = scene.start
    _ = try feed.begin(after: marks, checking: [])
    let known = try scene.read(feed, &marks, 8)
    // A type that a newer program may have written: no program of this version gets past it.
    scene.stopRelay()
    try scene.log.recordMany(shard: 3, count: 2, time: 50)
    if kind == .kafka {
      let third = try #require(try stored(scene).first { $0.shard == 3 && $0.position == 3 })
      var damaged = TestMessage(third, after: known.filter { $0.shard == 3 }[1].hash, of: try scene.log.identity())
      damaged.value?.removeLast()
      try TestProducer(try TestBroker.settings(), topic: scene.topic).send([damaged], to: 3)
    }
    try scene.log.execute("UPDATE daybook_events.events SET type = 99 WHERE shard = 3 AND position = 3")
    marks = scene.start
    _ = try feed.begin(after: marks, checking: [])
    var faults: [FeedFault] = []
    var records: [EventRecord] = []
    let wake = WakeDescriptor()
    try waitUntil("the fault and the others' events") {
      let batch = try feed.fetch(after: marks, limits: FeedLimits())
      faults += batch.faults
      records += batch.records
      FeedScene.advance(&marks, batch)
      if batch.records.isEmpty { try feed.waitForEvents(timeout: .milliseconds(20), wake: wake) }
      return !faults.isEmpty && records.filter { $0.shard == 4 }.count == 6
    }
    #expect(records.filter { $0.shard == 3 }.map(\.position) == [1, 2])
    let fault = try #require(faults.first)
    #expect(fault.shard == 3 && fault.position == 3)
    #expect(fault.remedy.contains("update"), "\(fault)")
  }

  @Test(arguments: FeedKind.allCases) func anAppendAndAWakeBothEndTheWait(_ kind: FeedKind) throws {
    let scene = try FeedScene(kind)
    try scene.log.recordMany(shard: 0, count: 1)
    let feed = try scene.feed()
    var marks = scene.start
    _ = try feed.begin(after: marks, checking: [])
    _ = try scene.read(feed, &marks, 1)
    let wake = WakeDescriptor()
    // What is left of the first event's arrival.
    try feed.waitForEvents(timeout: .milliseconds(1), wake: wake)
    wake.wake()
    let before = MonotonicClock.now
    try feed.waitForEvents(timeout: .seconds(30), wake: wake)
    #expect(MonotonicClock.now - before < 20_000_000_000)
    let log = scene.log
    nonisolated(unsafe) let unsafeLog = log
    let thread = OwnedThread("append") { _ = try? unsafeLog.recordMany(shard: 0, count: 1, time: 5) }
    let start = MonotonicClock.now
    _ = try scene.read(feed, &marks, 1)
    thread.join()
    #expect(MonotonicClock.now - start < 20_000_000_000)
  }

  @Test(arguments: FeedKind.allCases) func lagTellsEventsAndTheOldestOne(_ kind: FeedKind) throws {
    let scene = try FeedScene(kind)
    try scene.log.recordMany(shard: 6, count: 10)
    let feed = try scene.feed()
    var marks = scene.start
    _ = try feed.begin(after: marks, checking: [])
    let records = try scene.read(feed, &marks, 10)
    marks[6] = FeedMark(shard: 6, position: 4, hash: records[3].hash)
    let lag = try #require(try feed.lag(after: marks).first { $0.shard == 6 })
    #expect(lag.head == 10 && lag.events == 6 && lag.oldestRecordedAt == records[4].recordedAt)
  }

  @Test(arguments: FeedKind.allCases) func eachEventComesOnceAndInOrderWhileEightWritersAppend(_ kind: FeedKind) throws
  {
    let scene = try FeedScene(kind)
    let database = scene.database
    let writers = (0..<8).map { writer in
      OwnedThread("writer") {
        guard let log = try? TestLog(database.address()) else { return }
        var random = SeededRandom(seed: UInt64(writer) + 1)
        for round in 0..<40 {
          let shard = Int.random(in: 0..<8, using: &random)
          let count = Int.random(in: 1...30, using: &random)
          if Bool.random(using: &random) {
            _ = try? log.recordTogether(shard: shard, count: count, time: Int64(round) * 100)
          } else {
            _ = try? log.recordMany(shard: shard, count: count, time: Int64(round) * 100)
          }
        }
      }
    }
    let feed = try scene.feed()
    var marks = scene.start
    _ = try feed.begin(after: marks, checking: [])
    var records = try scene.read(feed, &marks, 500, deadline: .seconds(60))
    for writer in writers { writer.join() }
    let expected = try stored(scene)
    if records.count < expected.count { records += try scene.read(feed, &marks, expected.count - records.count) }
    #expect(sorted(records) == expected)
  }
}

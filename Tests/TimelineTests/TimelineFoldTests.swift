import Events
import Postgres
import ProjectionKit
import ReadModels
import TestSupport
import Testing
import Timeline

@Suite struct TimelineFoldTests {
  private static let month: Int64 = 30 * 86_400_000_000_000
  private static let start: Int64 = 1_690_000_000_000_000_000

  /// Random order, months late, twice, split over any number of flushes, slices and restarts.
  @Test func tablesAreAFunctionOfTheSamplesNotOfTheWayTheyCame() throws {
    var random = SeededRandom()
    var seen: Set<[Int64]> = []
    let samples =
      TestSample.random(
        3_000, series: 0...2_999, times: Self.start...(Self.start + 3 * Self.month), grain: 60_000_000_000, &random
      ).filter { seen.insert([$0.series, $0.time]).inserted }
      + TestSample.random(
        3_000, series: 0...5, times: Self.start...(Self.start + 90_000_000_000_000), grain: 1_000_000_000, &random
      ).filter { seen.insert([$0.series, $0.time]).inserted }
    let inOrder = try TimelineBench()
    try inOrder.record(.replace, samples.sorted { ($0.series, $0.time) < ($1.series, $1.time) })
    try inOrder.flush()
    try inOrder.foldAll()
    let expected = try inOrder.dumpAll()
    #expect(expected.count > 3_000)

    for _ in 0..<2 {
      var limits = TimelineLimits.standard
      limits.sliceSamplesLimit = 200
      limits.quietSliceSamplesLimit = 500
      let bench = try TimelineBench(limits: limits)
      for part in Self.cut(samples.shuffled(using: &random) + samples.shuffled(using: &random), &random) {
        try bench.record(.replace, part)
        if Bool.random(using: &random) { try bench.flush() } else { continue }
        if Bool.random(using: &random) { try bench.restart() }
        if Bool.random(using: &random) { try bench.foldSlice() }
        if Bool.random(using: &random) { try bench.foldAll() }
      }
      try bench.flush()
      try bench.foldAll()
      #expect(try bench.dumpAll() == expected)
    }
  }

  @Test func answersAreTheSameBeforeAndAfterAFold() throws {
    var random = SeededRandom()
    let bench = try TimelineBench()
    let reader = TimelineReader(bench: bench)
    let times = Self.start...(Self.start + 3 * 86_400_000_000_000)
    for _ in 0..<4 {
      for mode in SampleMode.allCases {
        try bench.record(
          mode, TestSample.random(400, series: 0...3, times: times, grain: 600_000_000_000, &random))
      }
      try bench.flush()
      func answers() throws -> [TimelineBuckets] {
        try (0...3).flatMap { series in
          try [Int64(1), 10, 90, 60, 360, 1_440].map { step in
            try reader.buckets(series, from: times.lowerBound, to: times.upperBound, stepMinutes: step)
          }
        }
      }
      let before = try answers()
      try bench.foldAll()
      #expect(try answers() == before)
      #expect(before.allSatisfy { $0.count > 0 })
    }
  }

  @Test func aDenseHourSplitsIntoMinutesAndReadsRightAtEveryStep() throws {
    let bench = try TimelineBench()
    let hour = Self.start - Self.start % 3_600_000_000_000
    let samples = (0..<100_000).map {
      TestSample(series: 4, time: hour + $0 * 36_000_000, value: Double($0 % 1_000))
    }
    try bench.record(.observe, Array(samples[..<60_000]))
    try bench.flush()
    try bench.foldAll()
    try bench.record(.observe, Array(samples[60_000...]))
    try bench.flush()
    let reader = TimelineReader(bench: bench)
    for isFolded in [false, true] {
      if isFolded { try bench.foldAll() }
      for (step, count) in [(1, 60), (10, 6), (30, 2), (60, 1), (1_440, 1)] as [(Int64, Int)] {
        let buckets = try reader.buckets(4, from: hour, to: hour + 3_600_000_000_000, stepMinutes: step)
        #expect(buckets.count == count)
        #expect(buckets.stored.reduce(0, +) == 100_000)
        #expect(buckets.aggregates.reduce(0) { $0 + $1.sum } == 100 * 499_500)
      }
    }
    #expect(try bench.count("minutes") == 60)
    #expect(try bench.strings("SELECT count(*)::text FROM \(bench.schema).hours WHERE samples IS NULL") == ["1"])

    // One more sample rewrites its minute and no other.
    let before = try bench.strings("SELECT ctid::text FROM \(bench.schema).minutes ORDER BY minute")
    try bench.record(.observe, [TestSample(series: 4, time: hour + 5 * 60_000_000_000, value: 1)])
    try bench.flush()
    try bench.foldAll()
    let after = try bench.strings("SELECT ctid::text FROM \(bench.schema).minutes ORDER BY minute")
    #expect(zip(before, after).enumerated().filter { $0.element.0 != $0.element.1 }.map(\.offset) == [5])
  }

  @Test func aLateSampleChangesItsOwnBucketsAndNoOthers() throws {
    let bench = try TimelineBench()
    let hours = (0..<2_000).map {
      TestSample(series: Int64($0 % 2) * 2, time: Self.start + $0 * 3_600_000_000_000, value: Double($0))
    }
    try bench.record(.replace, hours)
    try bench.flush()
    try bench.foldAll()
    func versions(_ table: String, _ bucket: String) throws -> Set<String> {
      Set(try bench.strings("SELECT series || '/' || \(bucket) || '@' || ctid::text FROM \(bench.schema).\(table)"))
    }
    let (hoursBefore, daysBefore) = (try versions("hours", "hour"), try versions("days", "day"))
    try bench.record(.replace, [TestSample(series: 2, time: Self.start + 3_600_000_000_001, value: 7)])
    try bench.flush()
    try bench.foldAll()
    #expect(try versions("hours", "hour").subtracting(hoursBefore).count == 1)
    #expect(try versions("days", "day").subtracting(daysBefore).count == 1)
    #expect(try bench.count("hours") == 2_000)
  }

  @Test func rowsThatStayTheSameAreNotWritten() throws {
    let bench = try TimelineBench()
    let samples = [TestSample(series: 0, time: Self.start, value: 1), TestSample(series: 1, time: 5, value: .nan)]
    try bench.record(.replace, samples)
    try bench.flush()
    try bench.foldAll()
    func versions() throws -> [String] {
      try ["hours", "days", "spans"].flatMap { try bench.strings("SELECT ctid::text FROM \(bench.schema).\($0)") }
    }
    let before = try versions()
    try bench.record(.replace, samples)
    try bench.flush()
    try bench.foldAll()
    #expect(try versions() == before)
  }

  @Test func spansFollowTheFirstAndLastSample() throws {
    let bench = try TimelineBench()
    func span(after samples: [TestSample]) throws -> [String] {
      try bench.record(.replace, samples)
      try bench.flush()
      try bench.foldAll()
      return try bench.dump("spans")
    }
    func sample(_ time: Int64, _ value: Double = 1) -> TestSample { TestSample(series: 3, time: time, value: value) }
    let day: Int64 = 86_400_000_000_000
    #expect(try span(after: [sample(5 * day, .nan)]) == ["(3,,)"])
    #expect(try span(after: [sample(10 * day)]) == ["(3,\(10 * day),\(10 * day))"])
    #expect(try span(after: [sample(12 * day), sample(-3)]) == ["(3,-3,\(12 * day))"])
    #expect(try span(after: [sample(11 * day)]) == ["(3,-3,\(12 * day))"])
    #expect(try span(after: [sample(-3, .nan)]) == ["(3,\(10 * day),\(12 * day))"])
    #expect(try span(after: [sample(12 * day, .nan), sample(10 * day, .nan)]) == ["(3,\(11 * day),\(11 * day))"])
    #expect(try span(after: [sample(11 * day, .nan)]) == ["(3,,)"])
  }

  @Test func theTailIsReadBackAfterARestart() throws {
    var random = SeededRandom()
    let bench = try TimelineBench()
    for _ in 0..<5 {
      try bench.record(
        .observe, TestSample.random(500, series: 0...5_000, times: 0...Self.month, grain: 1, &random))
      try bench.flush()
    }
    #expect(bench.fold.foldDemand(at: bench.moment) == .whenQuiet)
    try bench.restart()
    #expect(bench.fold.foldDemand(at: bench.moment) == .whenQuiet)
    try bench.foldAll()
    let stored = try bench.strings("SELECT sum(stored)::text FROM \(bench.schema).hours")
    #expect(stored == ["2500"])
    try bench.restart()
    #expect(bench.fold.foldDemand(at: bench.moment) == .none)
  }

  @Test func foldedRowsAreKeptForAMinuteAndThenDeleted() throws {
    let bench = try TimelineBench()
    try bench.record(
      .replace, [TestSample(series: 0, time: 0, value: 1), TestSample(series: 9_001, time: 0, value: 1)])
    try bench.flush()
    try bench.foldAll()
    bench.advance(.seconds(59))
    try bench.maintain()
    #expect(try bench.count("tail") == 2)
    bench.advance(.seconds(1))
    try bench.maintain()
    #expect(try bench.count("tail") == 0)

    // A restart between fold and deletion begins the minute anew.
    try bench.record(.replace, [TestSample(series: 0, time: 0, value: 2)])
    try bench.flush()
    try bench.foldAll()
    try bench.record(.replace, [TestSample(series: 0, time: 0, value: 3)])
    try bench.flush()
    try bench.restart()
    try bench.maintain()
    #expect(try bench.count("tail") == 2)
    bench.advance(.seconds(60))
    try bench.maintain()
    #expect(try bench.count("tail") == 1, "what is not folded stays")
    #expect(try TimelineReader(bench: bench).buckets(0, from: 0, to: 1, stepMinutes: 60).aggregates.first?.last == 3)
  }

  @Test func demandGrowsWithAgeAndSize() throws {
    var limits = TimelineLimits.standard
    limits.heldSamplesLimit = 1_000
    let bench = try TimelineBench(limits: limits)
    #expect(bench.fold.foldDemand(at: bench.moment) == .none)
    try bench.record(.replace, [TestSample(series: 0, time: 0, value: 1)])
    #expect(bench.fold.foldDemand(at: bench.moment) == .none)
    try bench.flush()
    #expect(bench.fold.foldDemand(at: bench.moment) == .whenQuiet)
    bench.advance(.seconds(29))
    #expect(bench.fold.foldDemand(at: bench.moment) == .whenQuiet)
    bench.advance(.seconds(1))
    #expect(bench.fold.foldDemand(at: bench.moment) == .betweenFlushes)
    try bench.record(.replace, (0..<1_000).map { TestSample(series: 6, time: $0, value: 1) })
    try bench.flush()
    #expect(bench.fold.foldDemand(at: bench.moment) == .atOnce)
    try bench.foldAll()
    #expect(bench.fold.foldDemand(at: bench.moment) == .none)
  }

  /// When no flush waits; and between flushes, when what is held is older than the age limit.
  @Test(arguments: [false, true])
  func aSliceTakesNoMoreThanItsLimits(betweenFlushes: Bool) throws {
    var limits = TimelineLimits.standard
    limits.slicePagesLimit = 3
    limits.sliceSamplesLimit = betweenFlushes ? 25 : 1_000
    limits.quietSliceSamplesLimit = betweenFlushes ? 1_000 : 25
    let bench = try TimelineBench(limits: limits)
    // Ten pages of one sample each, then three rows of ten samples in the first of them.
    try bench.record(.replace, (0..<10).map { TestSample(series: $0 * 2_048, time: 0, value: 1) })
    try bench.flush()
    for part in 0..<3 {
      try bench.record(.replace, (0..<10).map { TestSample(series: 0, time: Int64(part * 10 + $0), value: 1) })
      try bench.flush()
    }
    func stored() throws -> [String] { try bench.strings("SELECT sum(stored)::text FROM \(bench.schema).hours") }
    _ = bench.fold.foldDemand(at: bench.moment)
    if betweenFlushes { bench.advance(.seconds(31)) }
    #expect(try bench.foldSlice())
    #expect(try stored() == ["20"], "the first page's sample at 0 was replaced by another; two rows of three")
    #expect(try bench.foldSlice())
    #expect(try stored() == ["32"])
    try bench.foldAll()
    #expect(try stored() == ["39"])
  }

  @Test func aLargeFlushIsCutIntoRowsOfWholeEvents() throws {
    var limits = TimelineLimits.standard
    limits.rowSamplesLimit = 25
    let bench = try TimelineBench(limits: limits)
    for event in 0..<5 {
      try bench.record(.replace, (0..<10).map { TestSample(series: 0, time: $0, value: Double(event)) })
    }
    try bench.record(.replace, (0..<100).map { TestSample(series: 0, time: $0, value: 9) })
    try bench.flush()
    #expect(
      try bench.strings("SELECT sequence::text FROM \(bench.schema).tail ORDER BY sequence") == ["2", "4", "5", "6"])
    try bench.restart()
    try bench.foldAll()
    #expect(try bench.strings("SELECT stored || ' ' || sum FROM \(bench.schema).hours") == ["100 900"])
  }

  @Test func queriesMayReadAndOnlyRead() throws {
    let bench = try TimelineBench()
    let connection = try bench.database.connect("daybook_query")
    for table in ["tail", "folded", "hours", "minutes", "days", "spans"] {
      _ = try connection.query(sql: "SELECT * FROM \(bench.schema).\(table)")
      #expect(throws: (any Error).self) { try connection.execute("DELETE FROM \(bench.schema).\(table)") }
    }
  }

  @Test func aSeriesBeyondAllPagesIsRefused() throws {
    let bench = try TimelineBench()
    #expect(throws: ProjectionError.self) {
      try bench.record(.replace, [TestSample(series: 1 << 50, time: 0, value: 1)])
    }
  }

  @Test func damagedRowsOfTheTailStopTheBuild() throws {
    let bench = try TimelineBench()
    try bench.record(.replace, [TestSample(series: 0, time: 0, value: 1)])
    try bench.flush()
    try bench.write { try $0.execute("UPDATE \(bench.schema).tail SET changes = '\\x0102'") }
    try bench.restart()
    #expect(throws: ProjectionError.self) { try bench.foldSlice() }
  }

  private static func cut(
    _ samples: [TestSample], _ random: inout some RandomNumberGenerator
  ) -> [[TestSample]] {
    var parts: [[TestSample]] = []
    var start = 0
    while start < samples.count {
      let end = min(samples.count, start + Int.random(in: 1...2_000, using: &random))
      parts.append(Array(samples[start..<end]))
      start = end
    }
    return parts
  }
}

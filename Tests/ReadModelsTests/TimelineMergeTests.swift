import ReadModels
import TestSupport
import Testing

@Suite struct TimelineMergeTests {
  private static let steps: [Int64] = [1, 7, 10, 60, 90, 360, 1_440, 2_880, 10_080]

  @Test func answersAreTheSameBeforeAndAfterAFold() throws {
    var random = SeededRandom()
    for round in 0..<12 {
      let shape = OperationShape(
        count: 500, slots: 0...1, grain: [1, 1_000_000_000, 20_000_000_000][round % 3],
        times: -100_000_000_000_000...200_000_000_000_000)
      try check(shape.operations(&random), &random)
    }
  }

  @Test func denseHoursReadTheSameAtEveryStep() throws {
    var random = SeededRandom()
    let shape = OperationShape(count: 9_000, slots: 0...0, grain: 1_000_000, times: 0...5_000_000_000_000)
    try check(shape.operations(&random), &random)
  }

  @Test func theEndsOfTimeCanBeRead() throws {
    var random = SeededRandom()
    for ends in [Int64.min...(.min + 9_000_000_000_000), (Int64.max - 9_000_000_000_000)...(.max)] {
      try check(OperationShape(count: 100, slots: 0...0, grain: 1, times: ends).operations(&random), &random)
    }
  }

  @Test func missingSamplesAreAnErrorAndNotAHole() throws {
    var timeline = MemoryTimeline()
    let operation = SampleOperation(slot: 0, kind: .observe, time: 1, value: 1)
    let rows = [TailPacking.row([operation])].compactMap(\.self)
    try timeline.fold(rows)
    let changes = try #require(try TailPacking.changes(rows)[0])
    let plan = try #require(TimelinePlan(from: 0, to: 1, stepMinutes: 60))
    var read = timeline.rows(0, plan, changes)
    read.hours[0].samples = nil
    #expect(throws: ReadModelError.self) { try TimelineMerge.buckets(plan, read) }
  }

  /// Folds a random prefix, leaves the rest in the tail, and compares with the plain rules.
  private func check(_ operations: [SampleOperation], _ random: inout SeededRandom) throws {
    var naive = NaiveSeries()
    for operation in operations { naive.apply(operation) }
    let rows = TailPacking.rows(operations, &random)
    let slots = Set(operations.map(\.slot))
    var expected: [UInt16: [Int64: [Bucket]]] = [:]
    for slot in slots {
      for step in Self.steps { expected[slot, default: [:]][step] = buckets(naive.samples(slot), step) }
    }
    let times = operations.map(\.time)
    let (first, last) = (times.min() ?? 0, times.max() ?? 0)
    for folded in Set([0, Int.random(in: 0...rows.count, using: &random), rows.count - 1, rows.count]) {
      var timeline = MemoryTimeline()
      try timeline.fold(Array(rows[..<folded]))
      let tail = try TailPacking.changes(Array(rows[folded...]))
      for slot in slots {
        let changes = tail[slot] ?? SeriesChanges()
        let samples = naive.samples(slot)
        for (step, buckets) in expected[slot] ?? [:] {
          let one = Int64.random(in: first...last, using: &random)
          let two = Int64.random(in: first...last, using: &random)
          try checkBuckets(slot, step, min(one, two), max(one, two), timeline, changes, buckets)
          try checkBuckets(slot, step, first, last, timeline, changes, buckets)
        }
        try checkBorders(slot, first, last, timeline, changes, samples, &random)
        let from = Int64.random(in: first...last, using: &random)
        let found = try TimelineMerge.samples(from: from, through: last, timeline.allRows(slot, changes))
        #expect(found == part(samples, from, last))
      }
    }
  }

  /// Buckets between random borders: days of a place that is off by any number of minutes.
  private func checkBorders(
    _ slot: UInt16, _ first: Int64, _ last: Int64, _ timeline: MemoryTimeline, _ changes: SeriesChanges,
    _ samples: SeriesSamples, _ random: inout SeededRandom
  ) throws {
    var borders: [Int32] = [BucketLevel.minute.bucket(of: first) + Int32.random(in: -90...90, using: &random)]
    repeat {
      borders.append(
        borders[borders.count - 1] + ([1, 15, 60, 1_380, 1_440, 1_470].randomElement(using: &random) ?? 1))
    } while borders[borders.count - 1] <= BucketLevel.minute.bucket(of: last) && borders.count < 40
    let plan = try #require(TimelinePlan(borders: borders))
    let buckets = try TimelineMerge.buckets(plan, timeline.rows(slot, plan, changes))
    let expected = NaiveSeries.buckets(samples, borders: borders).sorted { $0.key < $1.key }
    #expect(buckets.starts == expected.map { plan.start(of: $0.key) })
    #expect(buckets.stored == expected.map(\.value.stored))
    #expect(buckets.aggregates == expected.map(\.value.aggregate))
    // A part has its own buckets, and these are the same.
    let middle = Int64(borders.count / 2)
    guard let part = plan.part(middle..<plan.buckets.upperBound) else { return }
    let rest = try TimelineMerge.buckets(part, timeline.rows(slot, part, changes))
    #expect(rest.starts == Array(buckets.starts.drop { $0 < part.from }))
    #expect(part.to == plan.to)
  }

  private func checkBuckets(
    _ slot: UInt16, _ step: Int64, _ from: Int64, _ last: Int64, _ timeline: MemoryTimeline,
    _ changes: SeriesChanges, _ all: [Bucket]
  ) throws {
    let to = last == .max ? last : last + 1
    guard let plan = TimelinePlan(from: from, to: to, stepMinutes: step) else { return }
    let buckets = try TimelineMerge.buckets(plan, timeline.rows(slot, plan, changes))
    let expected = all.filter { plan.buckets.contains($0.number) }
    #expect(buckets.starts == expected.map { plan.start(of: $0.number) })
    #expect(buckets.stored == expected.map(\.stored))
    #expect(buckets.aggregates == expected.map(\.aggregate))
  }

  private struct Bucket {
    let number: Int64
    let stored: Int64
    let aggregate: Aggregate
  }

  private func buckets(_ samples: SeriesSamples, _ step: Int64) -> [Bucket] {
    NaiveSeries.buckets(samples, stepMinutes: step).sorted { $0.key < $1.key }
      .map { Bucket(number: $0.key, stored: $0.value.stored, aggregate: $0.value.aggregate) }
  }

  private func part(_ samples: SeriesSamples, _ first: Int64, _ last: Int64) -> SeriesSamples {
    var part = SeriesSamples()
    for (time, value) in zip(samples.times, samples.values) where time >= first && time <= last {
      part.append(time: time, value: value)
    }
    return part
  }
}

import ReadModels
import TestSupport
import Testing

@Suite struct HourFoldTests {
  /// The heart of it: the same samples give the same bytes however they came.
  @Test func rowsAreAFunctionOfTheSamplesNotOfTheWayTheyCame() throws {
    var random = SeededRandom()
    for _ in 0..<8 {
      // One sample per time, so that every order of arrival means the same samples.
      var seen: Set<[Int64]> = []
      let operations = OperationShape(count: 600, kinds: [.replace]).operations(&random)
        .filter { seen.insert([Int64($0.slot), $0.time]).inserted }
      var inOrder = MemoryTimeline()
      try inOrder.fold(TailPacking.rows(operations.sorted { $0.time < $1.time }, &random))
      for _ in 0..<4 {
        var other = MemoryTimeline()
        let twice = operations.shuffled(using: &random) + operations.shuffled(using: &random)
        let rows = TailPacking.rows(twice, &random)
        var start = 0
        while start < rows.count {
          let end = min(rows.count, start + Int.random(in: 1...rows.count, using: &random))
          try other.fold(Array(rows[start..<end]))
          start = end
        }
        #expect(other == inOrder)
      }
    }
  }

  @Test func observedSamplesOfOneTimeGiveTheSameBytesInAnyOrder() throws {
    var random = SeededRandom()
    let operations = OperationShape(count: 500, grain: 120_000_000_000, kinds: [.observe]).operations(&random)
    var expected = MemoryTimeline()
    try expected.fold(TailPacking.rows(operations, &random))
    for _ in 0..<10 {
      var other = MemoryTimeline()
      for row in TailPacking.rows(operations.shuffled(using: &random), &random) { try other.fold([row]) }
      #expect(other == expected)
    }
  }

  @Test func slicesOfAFoldGiveTheSameRowsAsOneFold() throws {
    var random = SeededRandom()
    for _ in 0..<8 {
      let operations = OperationShape(count: 800, grain: 30_000_000_000).operations(&random)
      let rows = TailPacking.rows(operations, &random)
      var atOnce = MemoryTimeline()
      try atOnce.fold(rows)
      var sliced = MemoryTimeline()
      for row in rows { try sliced.fold([row]) }
      #expect(sliced == atOnce)
      var naive = NaiveSeries()
      for operation in operations { naive.apply(operation) }
      for slot in Set(operations.map(\.slot)) { expectRows(of: slot, in: atOnce, toHave: naive.samples(slot)) }
    }
  }

  @Test func anHourSplitsAboveTheLimitAndComesTogetherBelowIt() throws {
    func observed(_ range: Range<Int64>) -> [SampleOperation] {
      range.map { SampleOperation(slot: 0, kind: .observe, time: $0 / 2 * 1_000_000_000, value: Double($0)) }
    }
    let hour = MemoryTimeline.Key(slot: 0, bucket: 0)
    var timeline = MemoryTimeline()
    try timeline.fold([TailPacking.row(observed(0..<4_096))].compactMap(\.self))
    #expect(timeline.hours[hour]?.samples != nil && timeline.minutes.isEmpty)
    let whole = timeline

    try timeline.fold([TailPacking.row(observed(4_096..<4_098))].compactMap(\.self))
    #expect(timeline.hours[hour]?.samples == nil && timeline.hours[hour]?.stored == 4_098)
    #expect(timeline.minutes.values.reduce(0) { $0 + $1.stored } == 4_098)
    #expect(timeline.minutes.values.allSatisfy { $0.samples != nil })

    // Two samples at one second become one: at the limit again, and of the same bytes as if never split.
    let second = timeline
    let replaced = [
      SampleOperation(slot: 0, kind: .replace, time: 2_048_000_000_000, value: 4_096),
      SampleOperation(slot: 0, kind: .replace, time: 0, value: 0),
    ]
    try timeline.fold([TailPacking.row(replaced)].compactMap(\.self))
    #expect(timeline.hours[hour]?.samples != nil && timeline.minutes.isEmpty)
    var direct = MemoryTimeline()
    try direct.fold([TailPacking.row(observed(0..<4_098) + replaced)].compactMap(\.self))
    #expect(timeline == direct && timeline != whole && timeline != second)
  }

  @Test func aDenseHourIsTouchedMinuteByMinute() throws {
    let dense = (0..<100_000).map {
      SampleOperation(slot: 0, kind: .replace, time: Int64($0) * 36_000_000, value: Double($0 % 977) / 10)
    }
    var timeline = MemoryTimeline()
    try timeline.fold([TailPacking.row(dense.dropLast(3))].compactMap(\.self))
    // MemoryTimeline hands over the samples of the touched minutes only, so this would throw if others were needed.
    try timeline.fold([TailPacking.row(dense.suffix(3))].compactMap(\.self))
    var direct = MemoryTimeline()
    try direct.fold([TailPacking.row(dense)].compactMap(\.self))
    #expect(timeline == direct && timeline.minutes.count == 60)
    #expect(timeline.days[MemoryTimeline.Key(slot: 0, bucket: 0)]?.stored == 100_000)
  }

  @Test func anHourOfNaNHasARowWithoutAggregates() throws {
    var timeline = MemoryTimeline()
    let operation = SampleOperation(slot: 0, kind: .replace, time: 1, value: .nan)
    try timeline.fold([TailPacking.row([operation])].compactMap(\.self))
    let row = timeline.hours[MemoryTimeline.Key(slot: 0, bucket: 0)]
    #expect(row?.stored == 1 && row?.aggregate == .empty)
    #expect(timeline.days.values.first?.stored == 1)
  }

  private func expectRows(of slot: UInt16, in timeline: MemoryTimeline, toHave samples: SeriesSamples) {
    let hours = NaiveSeries.buckets(samples, stepMinutes: 60)
    let days = NaiveSeries.buckets(samples, stepMinutes: 1_440)
    let hourRows = timeline.hours.filter { $0.key.slot == slot }
    #expect(Set(hourRows.keys.map { Int64($0.bucket) }) == Set(hours.keys))
    for (key, row) in hourRows {
      let expected = hours[Int64(key.bucket)]
      #expect(row.stored == expected?.stored && row.aggregate == expected?.aggregate)
    }
    for (key, row) in timeline.days where key.slot == slot {
      let expected = days[Int64(key.bucket)]
      #expect(row.stored == expected?.stored && row.aggregate == expected?.aggregate)
    }
  }
}

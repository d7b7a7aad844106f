import Events
import Queries
import QueryTestSupport
import ReadModels
import TestSupport
import Testing

@Suite struct SamplesQueryTests {
  private static let hour: Int64 = 3_600_000_000_000
  private static let second: Int64 = 1_000_000_000

  /// A series with an hour of 100,000 samples, and one with a sample every ten minutes for two weeks.
  private static let dense = TestSeries("dense", ["host": "a"])
  private static let sparse = TestSeries("dense", ["host": "b"])
  private static let start = 400_000 * hour

  private static func history() -> [TestSample] {
    let dense = (0..<100_000).map { TestSample(Self.dense, at: start + Int64($0) * 36_000_000, Double($0 % 1_000) / 8) }
    let sparse = (0..<2_016).map { TestSample(Self.sparse, at: start + Int64($0) * 600 * second, Double($0)) }
    return dense + sparse
  }

  /// What comes late: into the dense hour, before and behind it, among them NaN.
  private static func late() -> [TestSample] {
    [
      TestSample(dense, at: start + 36_000_000, 5_000), TestSample(dense, at: start + 36_000_001, .nan),
      TestSample(dense, at: start - 1, -1), TestSample(dense, at: start + hour, 1),
      TestSample(sparse, at: start + 600 * second, .nan),
    ]
  }

  @Test func samplesAndBucketsOfADenseHourAreRightBeforeAndAfterTheFold() throws {
    let store = try TestStore()
    defer { store.stop() }
    var model = PlainModel()
    store.startProjector(quietTime: .milliseconds(1))
    // Few rows at once, so that everything is read in parts, and as usual.
    let runners = [QueryRunner(store.readStore), QueryRunner(store.readStore) { $0.rowsPerFetch = 20 }]
    _ = try runners[0].run(after: try record(Self.history(), .replace, &model, store)) { _ in true }
    try store.waitForFold()
    store.startProjector(quietTime: .seconds(3_600))
    _ = try runners[0].run(after: try record(Self.late(), .observe, &model, store)) { _ in true }
    let token = try record(Self.late(), .replace, &model, store)
    _ = try runners[0].run(after: token) { _ in true }
    #expect(try store.unfoldedRows() > 0)
    for runner in runners { try check(runner, model) }
    store.startProjector(quietTime: .milliseconds(1))
    try store.waitForFold()
    for runner in runners { try check(runner, model) }
  }

  private func record(
    _ samples: [TestSample], _ mode: SampleMode, _ model: inout PlainModel, _ store: TestStore
  ) throws -> PositionToken {
    model.record(samples, mode: mode)
    return try store.record(samples, mode: mode)
  }

  private func check(_ runner: QueryRunner, _ model: PlainModel) throws {
    let selector = SeriesSelector(name: "dense")
    let all = [Self.dense, Self.sparse].map { model.samples($0) }
    for (from, to) in [
      (nil, nil), (Self.start + 1, Self.start + Self.hour), (Self.start + 36_000_001, Self.start + 36_000_002),
      (Self.start, Self.start), (Int64.min, Int64.max), (nil, Self.start),
    ] as [(Int64?, Int64?)] {
      let answer = try runner.samples(SamplesRequest(selector: selector, from: from, to: to))
      let expected = all.map { samples in
        samples.filter { $0.time >= from ?? .min && $0.time < to ?? .max }
      }.filter { !$0.isEmpty }
      #expect(answer.series.count == expected.count)
      for (found, expected) in zip(answer.series, expected) {
        #expect(found.samples.times == expected.map(\.time))
        #expect(found.samples.values.map(\.bitPattern) == expected.map(\.value.bitPattern))
      }
    }
    for minutes: Int64 in [1, 7, 60, 1_440] {
      let step = QueryStep(minutes: minutes)
      var request = TimelineRequest(
        selector: selector, step: step, aggregates: [.count, .min, .max, .first, .last])
      // Two weeks of minutes are more than may be asked for.
      if minutes == 1 { (request.from, request.to) = (Self.start - Self.hour, Self.start + 24 * Self.hour) }
      let answer = try runner.timeline(request)
      #expect(answer.lines.count == 2)
      for (line, samples) in zip(answer.lines, all) {
        let buckets = PlainModel.buckets(
          of: samples, step: step.nanoseconds, from: answer.from, to: answer.to)
        #expect(line.times == buckets.keys.sorted())
        let expected = line.times.compactMap { buckets[$0] }
        #expect(line.columns[0] == expected.map { Double($0.count) })
        let numbers = expected.indices.filter { expected[$0].count > 0 }
        #expect(numbers.map { line.columns[1][$0] } == numbers.map { expected[$0].min })
        #expect(numbers.map { line.columns[2][$0] } == numbers.map { expected[$0].max })
        #expect(numbers.map { line.columns[3][$0] } == numbers.compactMap { expected[$0].first?.value })
        #expect(numbers.map { line.columns[4][$0] } == numbers.compactMap { expected[$0].last?.value })
      }
    }
  }

  @Test func moreSamplesThanTheLimitAreRefused() throws {
    let store = try TestStore()
    defer { store.stop() }
    store.startProjector(quietTime: .seconds(3_600))
    let runner = QueryRunner(store.readStore) { $0.samplesLimit = 10 }
    let series = TestSeries("many")
    let token = try store.record((0..<11).map { TestSample(series, at: Int64($0), 1) })
    let request = SamplesRequest(selector: SeriesSelector(name: "many"))
    #expect {
      try runner.samples(request, after: token)
    } throws: { error in
      guard case .limit(.tooManySamples, let detail) = error as? QueryError else { return false }
      return detail.contains("10")
    }
    let fewer = SamplesRequest(selector: SeriesSelector(name: "many"), to: 10)
    #expect(try runner.samples(fewer).series.first?.samples.count == 10)
  }
}

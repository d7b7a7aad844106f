import Events
import Queries
import QueryTestSupport
import ReadModels
import TestSupport
import Testing

/// Metrics, series and last samples, from tail and main part.
@Suite struct ListingQueryTests {
  private static let a = TestSeries("cpu", ["host": "a"])
  private static let b = TestSeries("cpu", ["host": "b", "region": "eu"])
  private static let plain = TestSeries("cpu")
  private static let silent = TestSeries("silent", ["host": "a"])
  private static let hour: Int64 = 3_600_000_000_000

  /// Records in two parts, the first one folded, and calls `body` before and after the fold of the second.
  private func withStore(
    _ first: [TestSample], then second: [TestSample], mode: SampleMode = .replace,
    _ body: (QueryRunner, TestStore) throws -> Void
  ) throws {
    let store = try TestStore()
    defer { store.stop() }
    let runner = QueryRunner(store.readStore)
    store.startProjector(quietTime: .milliseconds(1))
    _ = try runner.run(after: try store.record(first)) { _ in true }
    try store.waitForFold()
    store.startProjector(quietTime: .seconds(3_600))
    _ = try runner.run(after: try store.record(second, mode: mode)) { _ in true }
    #expect(try store.unfoldedRows() > 0)
    try body(runner, store)
    store.startProjector(quietTime: .milliseconds(1))
    try store.waitForFold()
    try body(runner, store)
  }

  @Test func metricsTellTheirSeriesAndTheirTimes() throws {
    try withStore(
      [TestSample(Self.a, at: 50, 1), TestSample(Self.b, at: 10, 1)],
      then: [TestSample(Self.a, at: 5, 2), TestSample(Self.plain, at: 99, 3), TestSample(Self.silent, at: 7, .nan)]
    ) { runner, _ in
      let metrics = try runner.metrics().metrics
      #expect(metrics.map(\.name) == ["cpu", "silent"])
      #expect(metrics.map(\.series) == [3, 1])
      #expect(metrics.map(\.span) == [TimelineSpan(firstAt: 5, lastAt: 99), nil])
      #expect(metrics.allSatisfy { $0.unit == nil && $0.description == nil && $0.kind == nil })
    }
  }

  @Test func whatWasSaidOfAMetricIsShownFromItsTokenOnWithAndWithoutSeries() throws {
    try withStore([TestSample(Self.a, at: 50, 1)], then: [TestSample(Self.b, at: 10, 1)]) { runner, store in
      _ = try store.describe("cpu", unit: .set("%"), kind: .set(.gauge))
      let token = try store.describe("later", description: .set("of which nothing came"))
      let told = try runner.run(after: token) { (snapshot) throws(ReadFailure) in
        try MetricsQuery().answer(snapshot).metrics
      }
      #expect(told.map(\.name) == ["cpu", "later"])
      #expect(told.map(\.unit) == ["%", nil] && told.map(\.kind) == ["gauge", nil])
      #expect(told.map(\.description) == [nil, "of which nothing came"])
      #expect(told.map(\.series) == [2, 0])
      #expect(told.last?.span == nil)
    }
  }

  @Test func seriesTellTheirLabelsAndTimes() throws {
    try withStore(
      [TestSample(Self.a, at: 50, 1), TestSample(Self.b, at: 10, 1)],
      then: [TestSample(Self.a, at: 5, 2), TestSample(Self.plain, at: 99, 3), TestSample(Self.b, at: 10, .nan)]
    ) { runner, _ in
      let series = try runner.series(SeriesSelector(name: "cpu")).series
      #expect(series.map { $0.labels.value(of: "host") } == [nil, "a", "b"])
      // The NaN took the place of the only number.
      #expect(series.map(\.span) == [TimelineSpan(firstAt: 99, lastAt: 99), TimelineSpan(firstAt: 5, lastAt: 50), nil])
      let inEurope = SeriesSelector(name: "cpu", labels: [SeriesLabel(key: "region", value: "eu")])
      #expect(try runner.series(inEurope).series.map { $0.labels.value(of: "host") } == ["b"])
      let nowhere = SeriesSelector(name: "cpu", labels: [SeriesLabel(key: "region", value: "")])
      #expect(try runner.series(nowhere).series.count == 2)
      #expect(try runner.series(SeriesSelector(name: "unknown")).series.isEmpty)
    }
  }

  @Test func latestIsTheLastSampleWhateverItIs() throws {
    try withStore(
      [
        TestSample(Self.a, at: 50, 1), TestSample(Self.a, at: 3 * Self.hour, 2), TestSample(Self.b, at: 10, 1),
        TestSample(Self.plain, at: 2 * Self.hour, 7), TestSample(Self.silent, at: 5, .nan),
      ],
      then: [
        TestSample(Self.a, at: 5, 9), TestSample(Self.b, at: 11, .nan), TestSample(Self.plain, at: 2 * Self.hour, 6),
        TestSample(Self.silent, at: 4, 1),
      ], mode: .observe
    ) { runner, _ in
      let latest = try runner.latest(SeriesSelector(name: "cpu")).series
      #expect(latest.map(\.time) == [2 * Self.hour, 3 * Self.hour, 11])
      #expect(latest[0].value == 7 && latest[1].value == 2 && latest[2].value.isNaN)
      let silent = try runner.latest(SeriesSelector(name: "silent")).series
      #expect(silent.map(\.time) == [5])
      #expect(silent.first?.value.isNaN == true)
    }
  }

  @Test func latestOfASplitHourWithNaNIsFoundInItsLastMinute() throws {
    let dense = (0..<5_000).map { TestSample(Self.a, at: Int64($0) * 700_000_000, Double($0)) }
    let end = TestSample(Self.a, at: 3_500_000_000_000, .nan)
    try withStore(dense + [end], then: [TestSample(Self.a, at: 1, 1)]) { runner, _ in
      let latest = try runner.latest(SeriesSelector(name: "cpu")).series
      #expect(latest.map(\.time) == [end.time])
      #expect(latest.first?.value.isNaN == true)
    }
  }

  @Test func answersSayWhatIsInThem() throws {
    try withStore([TestSample(Self.a, at: 1, 1)], then: [TestSample(Self.a, at: 2, 2)]) { runner, store in
      let token = try runner.metrics().position
      #expect(token.isOf(store.identity))
      #expect(!token.positions.isEmpty)
      #expect(try runner.run(after: token, wait: .zero) { _ in true })
    }
  }
}

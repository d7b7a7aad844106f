import Events
import Queries
import QueryTestSupport
import TestSupport
import Testing

/// Random histories, asked for in every way before and after the fold, against the plain model.
@Suite struct TimelineQueryTests {
  private static let minute: Int64 = 60_000_000_000
  private static let start: Int64 = 1_386_018_900_000_000_000
  private static let allAggregates = AggregateKind.allCases

  private static let series: [TestSeries] = [
    TestSeries("cpu"), TestSeries("cpu", ["host": "a", "region": "eu"]),
    TestSeries("cpu", ["host": "b", "region": "eu"]),
    TestSeries("cpu", ["host": "c", "region": "us"]), TestSeries("other", ["host": "a"]),
  ]

  private func samples(_ count: Int, _ random: inout SeededRandom) -> [TestSample] {
    (0..<count).map { _ in
      // Three days around 1970 and three in 2013, on a grid of seconds so that times repeat.
      let base = Bool.random(using: &random) ? 0 : Self.start
      let time = base + Int64.random(in: -129_600...129_600, using: &random) * 1_000_000_000
      let value =
        Int.random(in: 0..<30, using: &random) == 0
        ? Double.nan : Double(Int.random(in: -500...500, using: &random)) / 4
      return TestSample(Self.series.randomElement(using: &random) ?? TestSeries("cpu"), at: time, value)
    }
  }

  private static func requests() -> [TimelineRequest] {
    var requests: [TimelineRequest] = []
    for minutes: Int64 in [1, 10, 90, 60, 360, 1_440, 4_320] {
      let step = QueryStep(minutes: minutes)
      for (from, to) in [
        (start - 90_000_000_000_000, start + 70_500_000_000_001), (-90_000_000_000_001, 70_000_000_000_000),
      ] {
        for grouping: Grouping in [.eachSeries, .byLabels([]), .byLabels(["region"]), .byLabels(["host", "region"])] {
          requests.append(
            TimelineRequest(
              selector: SeriesSelector(name: "cpu"), from: from, to: to, step: step, aggregates: allAggregates,
              grouping: grouping))
        }
        for label in [SeriesLabel(key: "region", value: "eu"), SeriesLabel(key: "host", value: "")] {
          requests.append(
            TimelineRequest(
              selector: SeriesSelector(name: "cpu", labels: [label]), from: from, to: to, step: step,
              aggregates: [.avg, .count]))
        }
      }
    }
    return requests
  }

  @Test func everyTimelineEqualsThePlainModelBeforeAndAfterTheFold() throws {
    var random = SeededRandom()
    let store = try TestStore()
    defer { store.stop() }
    store.startProjector(quietTime: .seconds(3_600))
    let runner = QueryRunner(store.readStore)
    var model = PlainModel()
    for round in 0..<3 {
      var token: PositionToken?
      for mode in [SampleMode.replace, .observe, .replace] {
        let batch = samples(700, &random)
        token = try store.record(batch, mode: mode)
        model.record(batch, mode: mode)
      }
      _ = try runner.run(after: token) { _ in true }
      let before = try Self.requests().map { try runner.timeline($0) }
      #expect(try store.unfoldedRows() > 0)
      for (request, answer) in zip(Self.requests(), before) { check(answer, request, model) }
      if round == 1 { continue }
      // Folded by another projector, that reads the tail back.
      store.startProjector(quietTime: .milliseconds(1))
      try store.waitForFold()
      store.startProjector(quietTime: .seconds(3_600))
      for (request, before) in zip(Self.requests(), before) { same(try runner.timeline(request), before) }
    }
  }

  /// Equal to the bit.
  private func same(_ a: TimelineAnswer, _ b: TimelineAnswer) {
    #expect(a.from == b.from && a.to == b.to)
    #expect(a.lines.map(\.labels) == b.lines.map(\.labels))
    for (a, b) in zip(a.lines, b.lines) {
      #expect(a.times == b.times)
      #expect(a.columns.map { $0.map(\.bitPattern) } == b.columns.map { $0.map(\.bitPattern) })
    }
  }

  private func check(_ answer: TimelineAnswer, _ request: TimelineRequest, _ model: PlainModel) {
    var expected: [[String: String]: [Int64: PlainModel.Bucket]] = [:]
    for (labels, members) in groups(request) {
      let buckets = model.buckets(
        of: members, step: answer.step.nanoseconds, from: answer.from, to: answer.to)
      if !buckets.isEmpty { expected[labels] = buckets }
    }
    #expect(answer.lines.count == expected.count)
    #expect(answer.lines.map(\.labels) == answer.lines.map(\.labels).sorted())
    for line in answer.lines {
      let labels = Dictionary(uniqueKeysWithValues: line.labels.labels.map { ($0.key, $0.value) })
      let buckets = expected[labels] ?? [:]
      #expect(line.times == buckets.keys.sorted())
      for (index, time) in line.times.enumerated() {
        guard let bucket = buckets[time] else { continue }
        for (kind, column) in zip(answer.aggregates, line.columns) { check(column[index], kind, bucket) }
      }
    }
  }

  /// The series that a request asks for, by the labels of their line.
  private func groups(_ request: TimelineRequest) -> [[String: String]: [TestSeries]] {
    let asked = Self.series.filter { series in
      series.name == request.selector.name
        && request.selector.labels.allSatisfy { series.labels[$0.key] ?? "" == $0.value }
    }
    return Dictionary(grouping: asked) { series in
      switch request.grouping {
      case .eachSeries: series.labels
      case .byLabels(let keys): series.labels.filter { keys.contains($0.key) }
      }
    }
  }

  private func check(_ value: Double, _ kind: AggregateKind, _ bucket: PlainModel.Bucket) {
    if kind == .count {
      #expect(value == Double(bucket.count))
      return
    }
    guard bucket.count > 0 else {
      #expect(value.isNaN)
      return
    }
    switch kind {
    case .avg: #expect(abs(value - bucket.sum / Double(bucket.count)) <= 1e-9)
    case .sum: #expect(abs(value - bucket.sum) <= 1e-9)
    case .min: #expect(value == bucket.min)
    case .max: #expect(value == bucket.max)
    case .first: #expect(value == bucket.first?.value)
    case .last: #expect(value == bucket.last?.value)
    case .count: break
    }
  }
}

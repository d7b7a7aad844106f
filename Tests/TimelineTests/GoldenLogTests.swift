import Events
import ProjectionKit
import TestSupport
import Testing
import Timeline

@Suite struct GoldenLogTests {
  /// When this fails the definition has changed: raise `TimelineProjection.version` and record its rows, so that builds
  /// of the old version are told from new ones.
  @Test func theRowsOfThisVersionAreAsRecorded() throws {
    if GoldenFolder.isRecording { try GoldenLog.record(Self.log()) }
    let bench = try TimelineBench()
    let events = try GoldenLog.events()
    #expect(events.count > 8)
    for event in events.dropLast(3) { try bench.fold.apply(event) }
    try bench.flush()
    let tail = try bench.dump("tail").map { "tail \($0)" }
    try bench.foldAll()
    for event in events.suffix(3) { try bench.fold.apply(event) }
    try bench.flush()
    try bench.foldAll()
    let rows = tail + (try bench.dumpAll())
    let version = TimelineProjection().version
    if GoldenFolder.isRecording { try GoldenLog.record(rows: rows, version: version) }
    let recorded = try GoldenLog.rows(version: version)
    #expect(rows.count == recorded.count)
    for (row, recorded) in zip(rows, recorded) { #expect(row == recorded) }
  }

  @Test func descriptionsLeaveNoRow() throws {
    let bench = try TimelineBench()
    let described = try MetricDescribed(metric: SeriesKey(name: "cpu"), unit: .set("%"))
    try bench.fold.apply(
      DecodedEvent(
        shard: 0, position: 1, recordedAt: TimelineBench.recordedAt, hash: [], content: .metricDescribed(described)))
    try bench.flush()
    #expect(try bench.dump("tail").isEmpty)
    try bench.foldAll()
    #expect(try bench.dumpAll().isEmpty)
  }

  /// What the recorded log was made from: all that a fold has a rule for.
  private static func log() -> [(shard: Int, mode: SampleMode, samples: SampleColumns)] {
    var random = SeededRandom(seed: 1)
    let hour: Int64 = 3_600_000_000_000
    let start: Int64 = 472_222 * hour
    func events(_ mode: SampleMode, _ samples: [TestSample]) -> [(shard: Int, mode: SampleMode, samples: SampleColumns)]
    {
      (0..<TimelineBench.shards).compactMap { shard in
        var columns = SampleColumns()
        for sample in samples where sample.series % Int64(TimelineBench.shards) == shard {
          columns.append(series: sample.series, time: sample.time, value: sample.value)
        }
        return columns.isEmpty ? nil : (shard, mode, columns)
      }
    }
    let random1 = TestSample.random(60, series: 0...5, times: start...(start + 4 * hour), grain: 1_000_000_000, &random)
    let random2 = TestSample.random(60, series: 3_000...3_003, times: 0...(30 * hour), grain: 600_000_000_000, &random)
    let early = TestSample.random(20, series: 1...1, times: -(50 * hour)...0, grain: 1, &random)
    let dense = (0..<4_200).map {
      TestSample(series: 7, time: start + $0 * 800_000_000, value: Double($0 / 70 % 10) / 10)
    }
    let nans = (0..<3).map { TestSample(series: 8, time: start + $0, value: .nan) }
    let infinite = [
      TestSample(series: 9, time: start, value: .infinity), TestSample(series: 9, time: start + 1, value: -.infinity),
      TestSample(series: 10, time: start, value: -0.0), TestSample(series: 10, time: .min, value: 1),
      TestSample(series: 10, time: .max, value: 2),
    ]
    return events(.replace, random1) + events(.observe, random1 + random2) + events(.replace, early + nans)
      + events(.observe, dense) + events(.replace, infinite + random2.reversed())
      + events(.observe, Array(dense[100..<102]) + [TestSample(series: 2, time: start + 1, value: 0.1)])
      + events(.replace, [TestSample(series: 8, time: start + 1, value: 1)])
  }
}

import HTTPClient
import Runtime

/// Many new series, one sample each, until all are queryable.
package struct SeriesScenario {
  private let load: BenchLoad
  private let progress: BenchProgress.Maker

  /// How often the listing is asked for.
  private static let listings = 5

  /// `series` in all, ten for each host of the usual load where that goes.
  package init(series: Int, linesPerRequest: Int, connections: Int, progress: @escaping BenchProgress.Maker) {
    let fields = series % 10 == 0 ? 10 : 1
    load = BenchLoad(
      hosts: series / fields, fields: fields, steps: 1, linesPerRequest: linesPerRequest, connections: connections)
    self.progress = progress
  }

  package func run() throws -> BenchReport {
    try BenchTarget.own(commandServices: 1).with { try measure($0) }
  }

  private func measure(_ system: BenchSystem) throws -> BenchReport {
    guard let query = system.query, let store = system.store else {
      preconditionFailure("BUG: an instance of our own has no query service or no store")
    }
    let requests = LoadRun.prepare(load, system, BenchPace(), progress)
    let before = try StoreFigures.read(store)
    let usage = UsageMeasurement(system.processIDs)
    var report = BenchReport("series: new series with one sample each, \(load.connections) connections")
    do {
      let started = MonotonicClock.now
      let outcome = try LoadRun.send(requests, load, to: system, progress)
      _ = try LoadRun.waitUntilQueryable(system, outcome)
      let queryable = Double(MonotonicClock.now - started) / 1e9
      report.add("series", "series", Double(load.series), "")
      report.add("series_per_second", "acknowledged", Double(load.series) / outcome.seconds, "series/s")
      report.add("acknowledged_seconds", "first byte to last acknowledgement", outcome.seconds, "s")
      report.add("queryable_seconds", "first byte to all queryable", queryable, "s")
      report.addLatencies(outcome.latencies, key: "request", label: "request")
      report.addLatencies(try list(query), key: "listing", label: "GET /v1/metrics")
      try StoreFigures.waitUntilFolded(store)
    } catch {
      _ = usage.end()
      throw error
    }
    usage.end(into: &report)
    try StoreFigures.read(store).add(to: &report, since: before, samples: load.samples)
    return report
  }

  private func list(_ query: ListenAddress) throws -> [UInt32] {
    let client = HTTPClient(query, timeout: .seconds(120))
    return try (0..<Self.listings).map { _ in
      let started = MonotonicClock.now
      let answer = try client.send("GET", "/v1/metrics")
      guard answer.status == 200 else { throw BenchError("no listing: \(answer.status) \(answer.text.prefix(500))") }
      return UInt32(clamping: (MonotonicClock.now - started) / 1000)
    }
  }
}

import HTTPClient
import Runtime

/// Samples over HTTP, beside a running projector: in batches, or one a request.
package struct IngestScenario {
  package enum Shape {
    case batches(BenchLoad)
    case singles(requests: Int, connections: Int)
  }

  private let shape: Shape
  private let target: BenchTarget
  private let pace: BenchPace
  private let progress: BenchProgress.Maker

  package init(
    _ shape: Shape, target: BenchTarget, pace: BenchPace = BenchPace(), progress: @escaping BenchProgress.Maker
  ) {
    self.shape = shape
    self.target = target
    self.pace = pace
    self.progress = progress
  }

  package func run() throws -> BenchReport {
    try target.with { try measure($0) }
  }

  private func measure(_ system: BenchSystem) throws -> BenchReport {
    let requests = prepare(system)
    let before = try system.store.map { try StoreFigures.read($0) }
    let idle = ProcessUsage.trees(of: system.processIDs).map(\.pssBytes).reduce(0, +)
    let usage = UsageMeasurement(system.processIDs)
    let started = MonotonicClock.now
    let outcome: HTTPLoadOutcome
    var queryable: Double?
    do {
      outcome = try send(requests, to: system)
      if try LoadRun.waitUntilQueryable(system, outcome) { queryable = Double(MonotonicClock.now - started) / 1e9 }
    } catch {
      _ = usage.end()
      throw error
    }
    var report = BenchReport(title)
    let samples = addThroughput(&report, outcome)
    if let queryable { report.add("queryable_seconds", "first byte to all queryable", queryable, "s") }
    report.addLatencies(outcome.latencies, key: "request", label: "request")
    if idle > 0 { report.add("idle_pss_mb", "memory before the load (PSS)", Double(idle) / 1e6, "MB") }
    usage.end(into: &report)
    if let store = system.store, let before {
      try StoreFigures.waitUntilFolded(store)
      try StoreFigures.read(store).add(to: &report, since: before, samples: samples)
    }
    return report
  }

  /// Nil where the requests are made on the way.
  private func prepare(_ system: BenchSystem) -> [[UInt8]]? {
    switch shape {
    case .batches(let load): return LoadRun.prepare(load, system, pace, progress)
    case .singles(let requests, _):
      return (0..<requests).map {
        HTTPLoadGenerator.request("POST", system.target, host: system.addresses[0], body: SingleSamples.line($0))
      }
    }
  }

  private func send(_ requests: [[UInt8]]?, to system: BenchSystem) throws -> HTTPLoadOutcome {
    switch shape {
    case .batches(let load): return try LoadRun.send(requests, load, to: system, pace: pace, progress)
    case .singles(_, let connections):
      return try LoadRun.send(requests ?? [], of: 1, to: system, connections: connections, pace: pace, progress)
    }
  }

  private var title: String {
    switch shape {
    case .batches(let load):
      "ingest: \(load.linesPerRequest) lines of \(load.fields) fields a request, \(load.connections) connections"
        + pace.text
    case .singles(_, let connections): "ingest: one sample a request, \(connections) connections" + pace.text
    }
  }

  /// Returns the number of samples.
  private func addThroughput(_ report: inout BenchReport, _ outcome: HTTPLoadOutcome) -> Int {
    let requests = outcome.latencies.count
    let samples: Int
    switch shape {
    case .singles: samples = requests
    case .batches(let load):
      // All requests are whole but the last of a load that is sent to its end.
      let isAll = pace.duration == nil
      samples = isAll ? load.samples : requests * load.samplesPerRequest
      report.add("series", "series", Double(load.series), "")
    }
    report.add("samples", "samples", Double(samples), "")
    report.add("requests", "requests", Double(requests), "")
    // The last request of a paced load stands for the time after it, too.
    let seconds = max(outcome.seconds, pace.duration?.seconds ?? 0)
    report.add("samples_per_second", "acknowledged", Double(samples) / seconds, "samples/s")
    report.add("requests_per_second", "  in requests", Double(requests) / seconds, "requests/s")
    report.add("acknowledged_seconds", "first byte to last acknowledgement", outcome.seconds, "s")
    return samples
  }
}

import HTTPClient
import Runtime

/// A backlog that is in the store, and on the topic where there is Kafka, before the projector starts, until all of it is
/// queryable.
package struct ProjectScenario {
  private let load: BenchLoad
  private let kafka: BenchKafka?
  private let progress: BenchProgress.Maker

  package init(_ load: BenchLoad, kafka: BenchKafka? = nil, progress: @escaping BenchProgress.Maker) {
    self.load = load
    self.kafka = kafka
    self.progress = progress
  }

  package func run() throws -> BenchReport {
    let instance = try BenchInstance(without: [.projector], kafka: kafka)
    defer { instance.stop() }
    let system = try instance.system
    guard let query = system.query, let store = system.store else {
      preconditionFailure("BUG: an instance of our own has no query service or no store")
    }
    _ = try LoadRun.send(load, to: system, progress)
    let (before, token) = (try StoreFigures.read(store), try StoreFigures.heads(store))
    if let kafka { try RelayedEvents.wait(store, kafka.topic) }
    let started = MonotonicClock.now
    try instance.start(.projector)
    let usage = UsageMeasurement(try instance.system.processIDs)
    do {
      try Queryable.wait(query, token)
    } catch {
      _ = usage.end()
      throw error
    }
    let seconds = Double(MonotonicClock.now - started) / 1e9
    var report = BenchReport(
      "project: a backlog from \(kafka == nil ? "the store" : "Kafka") until all of it is queryable")
    report.add("samples", "samples", Double(load.samples), "")
    report.add("series", "series", Double(load.series), "")
    report.add("samples_per_second", "projected", Double(load.samples) / seconds, "samples/s")
    report.add("queryable_seconds", "start of the projector to all queryable", seconds, "s")
    usage.end(into: &report)
    try StoreFigures.waitUntilFolded(store)
    report.add(
      "folded_seconds", "start of the projector to all folded", Double(MonotonicClock.now - started) / 1e9, "s")
    try StoreFigures.read(store).add(to: &report, since: before, samples: load.samples)
    return report
  }
}

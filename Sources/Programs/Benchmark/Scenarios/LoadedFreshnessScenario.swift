import HTTPClient
import Runtime

/// Freshness while samples arrive at a rate: from the answer of a POST to an answer of the query service that has its
/// last sample. Over minutes it is a soak, too: what memory does, and what each sample costs.
package struct LoadedFreshnessScenario {
  private let streams: [FreshnessStream]
  private let connections: Int
  private let duration: Duration
  private let kafka: BenchKafka?
  private let progress: BenchProgress.Maker

  /// Parts of the time after which memory is told.
  private static let marks = [10, 50, 100]

  /// - Parameter hotSamplesPerSecond: of one series more, beside the others; 0: none.
  package init(
    series: Int, samplesPerSecond: Int, hotSamplesPerSecond: Int, samplesPerRequest: Int, connections: Int,
    duration: Duration, kafka: BenchKafka? = nil, progress: @escaping BenchProgress.Maker
  ) {
    self.kafka = kafka
    var streams = [
      FreshnessStream(
        name: "fresh", series: series, samplesPerSecond: samplesPerSecond, samplesPerRequest: samplesPerRequest)
    ]
    if hotSamplesPerSecond > 0 {
      streams.append(
        FreshnessStream(
          name: "hot", series: 1, samplesPerSecond: hotSamplesPerSecond,
          samplesPerRequest: max(1, min(samplesPerRequest, hotSamplesPerSecond / 100))))
    }
    self.streams = streams
    self.connections = connections
    self.duration = duration
    self.progress = progress
  }

  package func run() throws -> BenchReport {
    try BenchTarget.own(commandServices: 1, kafka: kafka).with { try measure($0) }
  }

  private func measure(_ system: BenchSystem) throws -> BenchReport {
    guard let query = system.query, let store = system.store else {
      preconditionFailure("BUG: an instance of our own has no query service or no store")
    }
    let before = try StoreFigures.read(store)
    let usage = UsageMeasurement(system.processIDs, every: duration > .seconds(60) ? .seconds(1) : .milliseconds(200))
    let prober = FreshnessProber(query)
    let loads = streams.map {
      FreshnessLoad($0, to: system, connections: connections, duration: duration, prober: prober)
    }
    var report = BenchReport(title)
    let memory = watch(loads, usage)
    let ends = loads.map { load in Result { try load.end() } }
    let probed = Result { try prober.finish() }
    var samples = 0
    do {
      let outcomes = try ends.map { try $0.get() }
      for (load, outcome) in zip(loads, outcomes) { samples += add(outcome, load.stream, &report) }
      add(try probed.get(), &report)
    } catch {
      _ = usage.end()
      throw error
    }
    for (key, label, megabytes) in memory { report.add(key, label, megabytes, "MB") }
    usage.end(into: &report)
    try StoreFigures.waitUntilFolded(store)
    try StoreFigures.read(store).add(to: &report, since: before, samples: samples)
    return report
  }

  private var title: String {
    "freshness under load: "
      + streams.map { "\($0.series) series at \(ReadableNumber.text(Double($0.samplesPerSecond))) samples/s in all" }
      .joined(separator: ", ") + ", for \(Int(duration.seconds)) s" + (kafka == nil ? "" : ", over Kafka")
  }

  /// Follows the first load to its end; memory at the marks, by process.
  private func watch(
    _ loads: [FreshnessLoad], _ usage: UsageMeasurement
  ) -> [(key: String, label: String, megabytes: Double)] {
    let bar = progress("freshness", Int(duration.seconds * 10), "tenths of a second")
    defer { bar.end() }
    let started = MonotonicClock.now
    var figures: [(String, String, Double)] = []
    for mark in Self.marks {
      // A little before the end, while all is under way.
      let part = min(Double(mark) / 100, 0.98)
      let due = started + UInt64(Double(duration.nanoseconds) * part)
      while MonotonicClock.now < due {
        bar.show(Int((MonotonicClock.now - started) / 100_000_000))
        if loads[0].waitForEnd(until: min(due, MonotonicClock.now + 100_000_000)) { break }
      }
      let sums = usage.memoryNow
      figures.append(
        ("pss_mb_at_\(mark)", "memory after \(mark) % of the time (PSS)", Double(sums.values.reduce(0, +)) / 1e6))
      for (name, bytes) in sums.sorted(by: { $0.key < $1.key }) {
        figures.append(("pss_mb_at_\(mark)_" + UsageMeasurement.key(name), "  \(name)", Double(bytes) / 1e6))
      }
    }
    return figures
  }

  /// Returns the number of samples.
  private func add(_ outcome: HTTPLoadOutcome, _ stream: FreshnessStream, _ report: inout BenchReport) -> Int {
    let samples = outcome.latencies.count * stream.samplesPerRequest
    let (prefix, words) = stream.name == "hot" ? ("hot_", "one series beside: ") : ("", "")
    report.add(prefix + "samples", words + "samples", Double(samples), "")
    report.add(
      prefix + "samples_per_second", words + "acknowledged", Double(samples) / max(outcome.seconds, duration.seconds),
      "samples/s")
    report.addLatencies(outcome.latencies, key: prefix + "request", label: words + "request")
    return samples
  }

  private func add(_ outcome: FreshnessProber.Outcome, _ report: inout BenchReport) {
    for stream in streams {
      let (prefix, words) = stream.name == "hot" ? ("hot_", "one series beside: ") : ("", "")
      let latencies = outcome.latencies[stream.name] ?? []
      report.add(prefix + "probes", words + "probes", Double(latencies.count), "")
      report.addLatencies(latencies, key: prefix + "freshness", label: words + "freshness")
    }
    report.add("probes_left_out", "probes left out", Double(outcome.skipped), "")
  }
}

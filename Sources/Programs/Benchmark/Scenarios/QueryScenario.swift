import HTTPClient
import Runtime

/// Timeline answers over HTTP on one connection, one after the other.
package struct QueryScenario {
  private let load: BenchLoad
  private let withYear: Bool
  private let samplesPerSecond: Int?
  private let rounds: Int
  private let limit: Duration?
  private let progress: BenchProgress.Maker

  /// - Parameters:
  ///   - withYear: one series more, with a year of samples.
  ///   - samplesPerSecond: all is asked once more while so many arrive.
  ///   - limit: of each question, whatever `rounds` says.
  package init(
    _ load: BenchLoad, withYear: Bool, samplesPerSecond: Int?, rounds: Int, limit: Duration?,
    progress: @escaping BenchProgress.Maker
  ) {
    self.load = load
    self.withYear = withYear
    self.samplesPerSecond = samplesPerSecond
    self.rounds = rounds
    self.limit = limit
    self.progress = progress
  }

  package func run() throws -> BenchReport {
    try BenchTarget.own(commandServices: 1).with { try measure($0) }
  }

  /// A year of 10-second samples, and some days so that the question can be moved.
  private static let yearSteps = (365 + QueryQuestion.versions) * 8_640

  private func measure(_ system: BenchSystem) throws -> BenchReport {
    guard let query = system.query, let store = system.store else {
      preconditionFailure("BUG: an instance of our own has no query service or no store")
    }
    try fill(system)
    try StoreFigures.waitUntilFolded(store)
    var report = BenchReport("query: timeline answers over HTTP, one connection, up to \(rounds) of each")
    report.add("series", "series of the metric", Double(load.hosts), "")
    let usage = UsageMeasurement(system.processIDs)
    do {
      let client = HTTPClient(query, timeout: .seconds(60))
      let year = withYear ? [QueryQuestion.ofYear] : []
      try ask(QueryQuestion.ofHosts(load) + year, client, "", &report)
      if let samplesPerSecond { try askLoaded(samplesPerSecond, year, client, system, &report) }
    } catch {
      _ = usage.end()
      throw error
    }
    usage.end(into: &report)
    return report
  }

  private func fill(_ system: BenchSystem) throws {
    var load = load
    // So that the questions, moved by some minutes, have all of their samples.
    load.steps += QueryQuestion.versions * 6
    var outcome = try LoadRun.send(load, to: system, progress)
    if withYear {
      var year = BenchLoad(hosts: 1, fields: 1, steps: Self.yearSteps, linesPerRequest: 10_000, connections: 4)
      year.measurement = "year"
      outcome = try LoadRun.send(year, to: system, progress)
    }
    _ = try LoadRun.waitUntilQueryable(system, outcome)
  }

  /// How long samples arrive before the first question, so that there is a tail to be read.
  private static let lead = Duration.seconds(3)

  /// The same while samples of the same series arrive, of the minutes that are asked for among them.
  private func askLoaded(
    _ samplesPerSecond: Int, _ year: [QueryQuestion], _ client: HTTPClient, _ system: BenchSystem,
    _ report: inout BenchReport
  ) throws {
    var arriving = load
    arriving.firstStep = load.steps + QueryQuestion.versions * 6
    let background = BackgroundLoad(arriving, to: system, samplesPerSecond: samplesPerSecond)
    MonotonicClock.sleep(for: Self.lead)
    do {
      let questions = QueryQuestion.ofHosts(load, movedBy: QueryQuestion.versions)
      try ask(questions + year, client, "loaded_", &report)
    } catch {
      _ = try? background.stop()
      throw error
    }
    report.add("loaded_samples_per_second", "arriving meanwhile", try background.stop(), "samples/s")
  }

  private func ask(
    _ questions: [QueryQuestion], _ client: HTTPClient, _ prefix: String, _ report: inout BenchReport
  ) throws {
    let words = prefix.isEmpty ? "" : "under load: "
    for question in questions {
      let latencies = try question.ask(client, words, rounds: rounds, limit: limit, progress)
      report.addLatencies(latencies, key: prefix + question.key, label: words + question.label)
    }
  }
}

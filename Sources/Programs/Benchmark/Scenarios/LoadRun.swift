import Events
import HTTPClient
import Runtime

/// Sends a load and says what came of it: what scenarios share.
enum LoadRun {
  /// Loads of more samples than this are made on the way, so that they need not fit into memory: 400 MB of line protocol
  /// with ten samples a line.
  private static let preparedLimit = 12_000_000

  /// Sends the whole load, made beforehand if it is not too large, as fast as answers come or at a pace.
  static func send(
    _ load: BenchLoad, to system: BenchSystem, pace: BenchPace = BenchPace(), _ progress: BenchProgress.Maker
  ) throws -> HTTPLoadOutcome {
    try send(prepare(load, system, pace, progress), load, to: system, pace: pace, progress)
  }

  /// The requests of a load; nil where they are better made on the way.
  static func prepare(
    _ load: BenchLoad, _ system: BenchSystem, _ pace: BenchPace, _ progress: BenchProgress.Maker
  ) -> [[UInt8]]? {
    guard pace.samplesPerSecond == nil, pace.duration == nil, load.samples <= preparedLimit else { return nil }
    var maker = RequestMaker(load, system)
    let bar = progress("prepare", load.samples, "samples")
    defer { bar.end() }
    var requests: [[UInt8]] = []
    while let request = maker.next() {
      requests.append(request)
      bar.show(requests.count * load.samplesPerRequest)
    }
    return requests
  }

  /// Sends what `prepare` returned.
  static func send(
    _ requests: [[UInt8]]?, _ load: BenchLoad, to system: BenchSystem, pace: BenchPace = BenchPace(),
    _ progress: BenchProgress.Maker
  ) throws -> HTTPLoadOutcome {
    if let requests {
      return try send(
        requests, of: load.samplesPerRequest, to: system, connections: load.connections, pace: pace, progress)
    }
    let bar = progress("ingest", pace.samples ?? load.samples, "samples")
    defer { bar.end() }
    // With a time given the steps go on until it is over.
    var maker = RequestMaker(load, system, isEndless: pace.duration != nil)
    let outcome = try HTTPLoadGenerator(addresses: system.addresses, connections: load.connections).run(
      pace: pace.requests(of: load.samplesPerRequest), next: { _ in maker.next() },
      progress: { bar.show($0 * load.samplesPerRequest) })
    try check(outcome)
    return outcome
  }

  /// Sends requests that are there, each of so many samples.
  static func send(
    _ requests: [[UInt8]], of samples: Int, to system: BenchSystem, connections: Int, pace: BenchPace = BenchPace(),
    _ progress: BenchProgress.Maker
  ) throws -> HTTPLoadOutcome {
    let bar = progress("ingest", requests.count * samples, "samples")
    defer { bar.end() }
    let outcome = try HTTPLoadGenerator(addresses: system.addresses, connections: connections).run(
      pace: pace.requests(of: samples), next: { $0 < requests.count ? requests[$0] : nil }, expected: requests.count,
      progress: { bar.show($0 * samples) })
    try check(outcome)
    return outcome
  }

  /// Throws where an answer was no success: figures of a load that was refused are worth nothing.
  static func check(_ outcome: HTTPLoadOutcome) throws {
    let others = outcome.statuses.filter { !(200..<300).contains($0.key) }.sorted { $0.key < $1.key }
    guard others.isEmpty else {
      let counts = others.map { "\($0.value) × \($0.key)" }.joined(separator: ", ")
      throw BenchError(
        "some requests failed, so no figure is shown: \(counts): \(outcome.firstProblem?.prefix(500) ?? "")")
    }
  }

  /// Waits until a query answers with all of it. False: it is not known where to ask, or for what.
  static func waitUntilQueryable(_ system: BenchSystem, _ outcome: HTTPLoadOutcome) throws -> Bool {
    guard let query = system.query, let answered = try Queryable.token(of: outcome.positions) else { return false }
    // A token names the shards of its own write only: where the store can be asked, its heads name all.
    try Queryable.wait(query, try system.store.map { try StoreFigures.heads($0) } ?? answered)
    return true
  }
}

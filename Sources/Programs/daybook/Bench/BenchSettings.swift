import Benchmark
import PostgresCluster
import Runtime

/// What a command line of `daybook bench` asks for.
struct BenchSettings {
  let isJSON: Bool
  private let options: ProgramOptions
  private let load: BenchLoad
  private let pace: BenchPace

  /// Refuses what makes no sense before anything is started.
  init(_ options: ProgramOptions) throws {
    self.options = options
    isJSON = options.isSet("--json")
    var load = BenchLoad(
      hosts: try options.integer("--hosts", in: 1...1_000_000), fields: try options.integer("--fields", in: 1...1_000),
      steps: try options.integer("--steps", in: 1...10_000_000),
      linesPerRequest: try options.integer("--lines", in: 1...50_000),
      connections: try options.integer("--connections", in: 1...512))
    load.firstStep = try options.integer("--first-step", in: 0...100_000_000)
    load.measurement = try Self.measurement(options)
    guard load.series <= 10_000_000 else { throw UsageError("--hosts times --fields must be at most 10000000 series") }
    self.load = load
    pace = BenchPace(
      samplesPerSecond: try Self.given("--rate", in: 1...100_000_000, options),
      duration: try Self.given("--seconds", in: 1...86_400, options).map { .seconds($0) })
    try check()
  }

  func run() throws -> BenchReport {
    switch options.positional[0] {
    case "ingest": return try ingest()
    case "project": return try ProjectScenario(load, kafka: try kafka(), progress: Self.progress(_:_:_:)).run()
    case "query": return try query()
    case "append": return try append()
    case "relay": return try relay()
    case "freshness": return try freshness()
    case "series": return try series()
    case let other: preconditionFailure("BUG: no scenario '\(other)'")
    }
  }

  private func ingest() throws -> BenchReport {
    var shape = IngestScenario.Shape.batches(load)
    if options.isSet("--singles") {
      shape = .singles(requests: try options.integer("--requests", in: 1...10_000_000), connections: connections(32))
    }
    return try IngestScenario(shape, target: try target(), pace: pace, progress: Self.progress(_:_:_:)).run()
  }

  private func query() throws -> BenchReport {
    let rounds = try options.integer("--rounds", in: 1...1_000_000)
    let urls = options.all("--url")
    if !urls.isEmpty {
      return try URLScenario(urls: urls, rounds: rounds, limit: pace.duration, progress: Self.progress(_:_:_:)).run()
    }
    return try QueryScenario(
      load, withYear: options["--history"] == "year", samplesPerSecond: pace.samplesPerSecond, rounds: rounds,
      limit: pace.duration, progress: Self.progress(_:_:_:)
    ).run()
  }

  private func append() throws -> BenchReport {
    try AppendScenario(
      clients: try options.integer("--clients", in: 1...10_000), duration: pace.duration ?? .seconds(5),
      progress: Self.progress(_:_:_:)
    ).run()
  }

  private func relay() throws -> BenchReport {
    guard let kafka = try kafka() else { throw UsageError("relay needs brokers: give --kafka HOST:PORT") }
    var shape = RelayScenario.Shape.batches(load)
    if options.isSet("--singles") {
      shape = .singles(events: try options.integer("--requests", in: 1...100_000_000))
    }
    return try RelayScenario(shape, kafka: kafka, progress: Self.progress(_:_:_:)).run()
  }

  /// Nil: without Kafka. What the environment says counts for `relay` only: the others measure the embedded way unless
  /// the command line says otherwise.
  private func kafka() throws(UsageError) -> BenchKafka? {
    guard options.positional[0] == "relay" || options.isGiven(KafkaOptions.kafka.flag),
      let kafka = try KafkaOptions(options)
    else { return nil }
    return BenchKafka(kafka.settings, configFile: options[KafkaOptions.config.flag])
  }

  private func freshness() throws -> BenchReport {
    guard let rate = pace.samplesPerSecond else {
      let rounds = try options.integer("--rounds", in: 1...1_000_000)
      return try FreshnessScenario(rounds: rounds, kafka: try kafka(), progress: Self.progress(_:_:_:)).run()
    }
    return try LoadedFreshnessScenario(
      series: try Self.given("--series", in: 1...10_000_000, options) ?? 10_000, samplesPerSecond: rate,
      hotSamplesPerSecond: try Self.given("--hot", in: 1...10_000_000, options) ?? 0,
      samplesPerRequest: load.linesPerRequest, connections: load.connections, duration: pace.duration ?? .seconds(30),
      kafka: try kafka(), progress: Self.progress(_:_:_:)
    ).run()
  }

  private func series() throws -> BenchReport {
    try SeriesScenario(
      series: try Self.given("--series", in: 1...10_000_000, options) ?? 1_000_000,
      linesPerRequest: load.linesPerRequest, connections: load.connections, progress: Self.progress(_:_:_:)
    ).run()
  }

  private func connections(_ usual: Int) -> Int {
    options.isGiven("--connections") ? load.connections : usual
  }

  private func target() throws -> BenchTarget {
    guard let url = options["--url"] else {
      return .own(commandServices: try options.integer("--command-services", in: 1...16))
    }
    return .running(
      BenchSystem(
        writes: [try RequestURL(url)], query: try ListenAddress(options[SharedOptions.queryListen.flag] ?? ""),
        processIDs: try processIDs(), store: try options["--store"].map { try PostgresCluster.find(home: $0) }))
  }

  private func processIDs() throws(UsageError) -> [Int32] {
    try options.all("--pid").map { (text) throws(UsageError) in
      guard let processID = Int32(text), processID > 0 else {
        throw UsageError("--pid must be a process's number, and is '\(text)'")
      }
      return processID
    }
  }

  /// Flags that a scenario would not look at are mistakes: who gave them expects something of them.
  private func check() throws(UsageError) {
    let scenario = options.positional[0]
    for (flag, scenarios) in Self.scenariosOf where options.isGiven(flag) && !scenarios.contains(scenario) {
      throw UsageError("\(flag) goes with \(scenarios.joined(separator: " and ")), not with \(scenario)")
    }
    if options["--url"] == nil {
      for flag in ["--pid", "--store"] where options.isGiven(flag) {
        throw UsageError("\(flag) goes with --url: what we start ourselves is watched anyway")
      }
    } else if options.isGiven("--command-services") {
      throw UsageError("--command-services goes without --url: it starts them")
    }
    if scenario == "ingest", options.all("--url").count > 1 { throw UsageError("ingest takes one --url") }
    _ = try processIDs()
  }

  private static let scenariosOf = [
    ("--singles", ["ingest", "relay"]), ("--requests", ["ingest", "relay"]), ("--command-services", ["ingest"]),
    ("--url", ["ingest", "query"]), ("--pid", ["ingest"]), ("--store", ["ingest"]), ("--clients", ["append"]),
    ("--history", ["query"]), ("--series", ["freshness", "series"]), ("--hot", ["freshness"]),
    ("--rate", ["ingest", "query", "freshness"]), ("--seconds", ["ingest", "query", "append", "freshness"]),
    ("--rounds", ["query", "freshness"]), ("--measurement", ["ingest", "project"]),
    (KafkaOptions.kafka.flag, ["relay", "project", "freshness"]),
    (KafkaOptions.config.flag, ["relay", "project", "freshness"]),
  ]

  private static func given(
    _ flag: String, in range: ClosedRange<Int>, _ options: ProgramOptions
  ) throws(UsageError) -> Int? {
    options[flag] == nil ? nil : try options.integer(flag, in: range)
  }

  /// What needs no escaping in line protocol.
  private static func measurement(_ options: ProgramOptions) throws(UsageError) -> String {
    let name = options["--measurement"] ?? ""
    let isPlain = name.utf8.allSatisfy { (0x61...0x7A).contains($0 | 0x20) || (0x30...0x39).contains($0) || $0 == 0x5F }
    guard isPlain, (1...100).contains(name.utf8.count) else {
      throw UsageError("--measurement must be letters, digits and '_', and is '\(name)'")
    }
    return name
  }

  private static func progress(_ label: String, _ total: Int, _ unit: String) -> BenchProgress {
    var line = ProgressLine(label, total: total, unit: unit)
    return BenchProgress(show: { line.show($0) }, end: { line.end() })
  }
}

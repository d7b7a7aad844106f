import Runtime

enum BenchProgram: Subcommand {
  static let name = "bench"
  static let summary = "Measure this machine: ingest, project, query or freshness."
  static let arguments = [
    ProgramArgument("SCENARIO", choices: ["ingest", "project", "query", "freshness"], "What to measure.")
  ]
  static let discussion = """
      Starts a private Daybook in a temporary folder, sends it a load of its own making (hosts that report ten cpu fields
      every ten seconds, line protocol, nine tags, two decimals, fixed seed), measures, and removes it all again.

        ingest     batches over HTTP until the last is acknowledged, and until all of it is queryable;
                   with --singles one sample a request
        project    a backlog in the event store until all of it is queryable
        query      timeline answers over HTTP, one after the other
        freshness  from the answer of a POST to its bucket in a timeline answer, on a quiet system

      Memory is proportional set size, summed over every process of the instance. The loader runs on the same machine.
    """
  static let options = [
    ProgramOption("--hosts", "N", default: "1000", "Hosts; ten series each."),
    ProgramOption("--steps", "N", default: "500", "Steps of ten seconds."),
    ProgramOption("--lines", "N", default: "1000", "Lines a request, ten samples each."),
    ProgramOption("--connections", "N", default: "4", "Connections; 32 with --singles unless given."),
    ProgramOption("--singles", nil, "ingest: one sample a request."),
    ProgramOption("--requests", "N", default: "100000", "ingest --singles: how many requests."),
    ProgramOption("--rounds", "N", default: "200", "query, freshness: how many of each."),
    ProgramOption("--json", nil, "One JSON object a line instead of a table."),
  ]

  static func run(_ options: ProgramOptions) throws -> Int32 {
    BenchInterrupt.start()
    let load = BenchLoad(
      hosts: try options.integer("--hosts", in: 1...1_000_000),
      steps: try options.integer("--steps", in: 1...1_000_000),
      linesPerRequest: try options.integer("--lines", in: 1...50_000),
      connections: try options.integer("--connections", in: 1...512))
    let rounds = try options.integer("--rounds", in: 1...100_000)
    let report: BenchReport
    switch options.positional[0] {
    case "ingest" where options.isSet("--singles"):
      let connections = options.isGiven("--connections") ? load.connections : 32
      report = try BenchScenarios.singles(
        requests: try options.integer("--requests", in: 1...10_000_000), connections: connections)
    case "ingest": report = try BenchScenarios.ingest(load)
    case "project": report = try BenchScenarios.project(load)
    case "query": report = try BenchScenarios.query(load, rounds: rounds)
    case "freshness": report = try BenchScenarios.freshness(rounds: rounds)
    case let other: preconditionFailure("BUG: no scenario '\(other)'")
    }
    print(options.isSet("--json") ? report.json : report.table)
    return ExitCode.success
  }
}

/// The size of a load.
struct BenchLoad {
  let hosts: Int
  let steps: Int
  let linesPerRequest: Int
  let connections: Int
}

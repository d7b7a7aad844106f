import HTTPClient
import Runtime
import Sending

/// The flags of `send`, and what they ask for.
enum SendOptions {
  private static let precisions = ["ns", "us", "ms", "s"]

  static let all = [
    ProgramOption("--csv", "FILE", "Send a CSV; '-' is standard input."),
    ProgramOption("--ndjson", "FILE", "Send JSON samples, one object a line, as POST /v1/samples takes them."),
    ProgramOption("--line", "FILE", "Send InfluxDB line protocol."),
    ProgramOption("--name", "METRIC", "CSV: what the metric is called."),
    ProgramOption("--time", "COLUMN", "CSV: the column of the time."),
    ProgramOption(
      "--value", "COLUMN[=METRIC]", repeats: true, "CSV: a column of values, perhaps with its metric's name."),
    ProgramOption("--label", "NAME=TEXT", repeats: true, "CSV: a label that every row gets."),
    ProgramOption(
      "--label-column", "[NAME=]COLUMN", repeats: true, "CSV: a column of a label's values; empty cells are no label."),
    ProgramOption("--delimiter", "CHARACTER", default: ",", "CSV: what stands between columns: a character, or 'tab'."),
    ProgramOption("--no-header", nil, "CSV: the first line is data; columns are numbers from 1."),
    ProgramOption("--tz", "ZONE", "CSV: the place of times without an offset, as in Europe/Berlin. Left out: UTC."),
    ProgramOption(
      "--time-unit", "UNIT", choices: precisions, "CSV: the unit of Unix times. Left out: told by their size."),
    ProgramOption(
      "--precision", "UNIT", choices: precisions,
      "NDJSON, line protocol: the unit of times that are numbers. Left out: ms in NDJSON, ns in line protocol."),
    ProgramOption(
      "--mode", "MODE", choices: ["replace", "observe"],
      "What a sample does to one of the same series and time. Left out: observe for NDJSON, else replace."),
    ProgramOption("--connections", "N", default: "4", "Batches under way at once, 1 to 64."),
    ProgramOption("--gzip", nil, "Compress what is sent: for slow networks."),
    ProgramOption(
      "--retry-for", "TIME", default: "5m",
      "How long to try again while the service cannot take it: 30s, 5m, at most 12h."),
    ProgramOption("--resume", nil, "Go on where an earlier run with the same flags was stopped."),
    ProgramOption("--restart", nil, "Begin anew, whatever an earlier run did."),
    ProgramOption(
      "--state", "FILE", "Where progress is kept. Left out: FILE.daybook-send; nowhere for standard input."),
    ProgramOption("--rejected", "FILE", "Write all that is rejected there, as CSV: line, reason, detail."),
    ProgramOption("--dry-run", nil, "Read and check everything here, send nothing."),
    ProgramOption("--json", nil, "The summary as a JSON object."),
  ]

  private static let csvOnly = [
    "--name", "--time", "--value", "--label", "--label-column", "--delimiter", "--no-header", "--tz", "--time-unit",
  ]

  /// The input's path and what to do with it.
  static func settings(_ options: ProgramOptions) throws -> (path: String, settings: SendSettings) {
    let given = ["--csv", "--ndjson", "--line"].filter { options[$0] != nil }
    guard given.count == 1, let kind = given.first, let path = options[kind], !path.isEmpty else {
      throw UsageError("say what to send: one of --csv FILE, --ndjson FILE, --line FILE")
    }
    let format = try format(kind, options)
    let client = try ClientOptions(options)
    let endpoint = try client.endpoint(listen: SharedOptions.commandListen)
    let mode = options["--mode"].flatMap { SendMode(rawValue: $0) } ?? format.standardMode
    var settings = SendSettings(format: format, mode: mode, endpoint: endpoint)
    settings.beginning = try beginning(options)
    settings.stateFile = options["--state"] ?? (path == "-" ? nil : path + ".daybook-send")
    settings.rejectedFile = options["--rejected"]
    settings.connections = try options.integer("--connections", in: 1...64)
    settings.gzip = options.isSet("--gzip")
    settings.retryFor = try retryFor(options)
    settings.isDryRun = options.isSet("--dry-run")
    settings.trust = settings.isDryRun ? nil : try client.trust(endpoint)
    settings.headers = client.headers
    settings.token = client.token
    return (path, settings)
  }

  private static func format(_ kind: String, _ options: ProgramOptions) throws(UsageError) -> SendFormat {
    let precision = options["--precision"]
    guard kind == "--csv" else {
      if let flag = csvOnly.first(where: { options.isGiven($0) }) { throw UsageError("\(flag) goes with --csv only") }
      return kind == "--line" ? .lines(precision: precision ?? "ns") : .samples(precision: precision ?? "ms")
    }
    guard precision == nil else { throw UsageError("--precision does not go with --csv: say --time-unit") }
    return .csv(try CSVOptions.settings(options))
  }

  private static func beginning(_ options: ProgramOptions) throws(UsageError) -> SendSettings.Beginning {
    switch (options.isSet("--resume"), options.isSet("--restart")) {
    case (true, true): throw UsageError("--resume and --restart are opposites: say one of them")
    case (true, false): return .resume
    case (false, true): return .restart
    case (false, false): return .fresh
    }
  }

  /// Shorter than idempotency keys are kept.
  private static func retryFor(_ options: ProgramOptions) throws(UsageError) -> Duration {
    let time = try DurationText.parse(options["--retry-for"] ?? "5m")
    guard time <= .seconds(12 * 3_600) else { throw UsageError("--retry-for is at most 12h") }
    return time
  }
}

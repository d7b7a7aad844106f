import HTTPClient
import Runtime
import Sending

enum SendProgram: Subcommand {
  static let name = "send"
  static let summary = "Send a CSV, NDJSON or line protocol file, with retries that never count twice."
  static let discussion = """
      Reads a file or standard input ('-'), gzip taken off where there is any, and sends it in batches over several
      connections. What fails in passing (the service is away, busy, restarted) is sent again for as long as --retry-for
      says, under an idempotency key, so nothing is stored twice. How far it is stands in FILE.daybook-send until the end:
      a run that was stopped goes on with --resume where it was.

      CSV (RFC 4180, UTF-8): every row is one sample a --value column. Columns are named by the first line, or with
      --no-header by their numbers from 1. A metric is called --name; with several --value columns NAME_COLUMN; without
      --name as its column; or as --value COLUMN=METRIC says. A cell without a value is no sample.

      Times: RFC 3339, '2026-01-31 12:00:00' with any fraction and perhaps an offset, '2026-01-31', or Unix numbers, whose
      unit is told by their size unless --time-unit names it. Without an offset they are UTC, or --tz's: there a time that
      the clock showed twice counts as the first, and one that it skipped as if it had not been put forward; the summary
      counts both.

      Rows that cannot be sent are left out and counted with their line numbers; --rejected has all of them.

      --mode replace (CSV, line protocol): a sample takes the place of what its series has at that time, so a file sent
      twice counts once. Batches arrive in any order: where a file has two values for one series and time, only
      --connections 1 makes the later one win. --mode observe (NDJSON): every sample counts.
    """
  static let options =
    SendOptions.all + [SharedOptions.commandListen] + ClientOptions.options
  static let variables = ClientOptions.variables
  static let examples = [
    (
      "daybook send --csv temps.csv --name room_temperature --time timestamp --value celsius --label room=kitchen",
      "the columns timestamp and celsius of a CSV"
    ),
    (
      "daybook send --csv meters.csv.gz --time ts --value kwh --value volts=grid_voltage --label-column meter",
      "two metrics, kwh and grid_voltage, with the label meter of each row"
    ),
    (
      "daybook send --csv log.txt --delimiter tab --no-header --name load --time 1 --value 3 --tz Europe/Berlin",
      "columns by number, times of Berlin's clocks"
    ),
    ("zcat backup.gz | daybook send --line - --precision s", "line protocol from standard input"),
    ("daybook send --ndjson samples.ndjson --rejected bad.csv --json", "JSON objects; what was rejected in bad.csv"),
    ("daybook send --csv temps.csv --name t --time ts --value v --dry-run", "check the file, send nothing"),
    (
      "daybook send --csv temps.csv --name t --time ts --value v --resume",
      "go on where an earlier run was stopped: the same flags, and --resume"
    ),
  ]
  static let exitCodes =
    ExitCode.common + [(ExitCode.partly, "all was read and sent, and some records were rejected")]

  static func run(_ options: ProgramOptions) throws -> Int32 {
    let (path, settings) = try SendOptions.settings(options)
    let input = try InputSource(path)
    let sender = Sender(settings)
    let termination = TerminationSignal()
    _ = OwnedThread("send-signal") {
      guard termination.wait() != nil else { return }
      sender.stop()
    }
    var line = SendProgressLine(path, isChecking: settings.isDryRun)
    let report = try sender.run(input) { line.show($0) }
    line.end()
    let summary = SendSummary(report, path: path)
    print(options.isSet("--json") ? summary.json : summary.table)
    switch report.end {
    case .complete: return report.totals.rejected == 0 ? ExitCode.success : ExitCode.partly
    case .interrupted:
      Daybook.complain("daybook send: stopped. " + summary.howToGoOn(settings.stateFile))
      return ExitCode.failure
    case .failed(let error):
      Daybook.complain("daybook send: \(error)\n" + summary.howToGoOn(settings.stateFile))
      return ExitCode.failure
    }
  }
}

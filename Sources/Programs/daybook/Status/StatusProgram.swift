import Glibc
import HTTPClient
import Runtime

enum StatusProgram: Subcommand {
  static let name = "status"
  static let summary = "Show how the running services are, once or again and again."
  static let discussion = """
    Asks command service, projector and query service how they are, with --kafka or --relay-url the relay, too, and the
    query service how far topics and read models are. Ends with 1 when one of them is away or not ready. Shards that are
    more than a second behind or stand still are shown one by one. With --watch it looks again until Ctrl-C and shows
    rates, too; into a file or a pipe it then writes one line per look.
    """
  static let watch = ProgramOption("--watch", nil, "Look again until Ctrl-C, with rates since the last look.")
  static let every = ProgramOption(
    "--every", "SECONDS", default: "2", "With --watch: the time between two looks, 1 to 3600.")
  static let json = ProgramOption("--json", nil, "One JSON object; with --watch one a line.")
  static let shards = ProgramOption("--shards", nil, "Show all shards one by one.")
  static let options =
    StatusServices.options + [watch, every, json, shards] + [ClientOptions.tokenFile, ClientOptions.certificates]
  static let variables = [(ClientOptions.tokenVariable, "The token to show; wins over --token-file.")]
  static let exitCodes: [(Int32, String)] = [
    (ExitCode.success, "every service is ready; with --watch: ended by a signal"),
    (ExitCode.failure, "one is away or not ready, or nothing could be asked"),
    (ExitCode.usage, "the command line or a setting is wrong: nothing was asked"),
  ]
  static let examples = [
    ("daybook status", "the services, the projections and how far they are behind"),
    ("daybook status --watch --every 5", "the same every five seconds, with rates"),
    ("daybook status --kafka 127.0.0.1:9092 --shards", "with the relay, and every shard"),
    ("daybook status --json | jq .store.projections", "for programs"),
  ]

  /// How long a service may take to answer one question: a person waits.
  private static let timeout = Duration.seconds(5)

  static func run(_ options: ProgramOptions) throws -> Int32 {
    let seconds = try options.integer(every.flag, in: 1...3_600)
    let services = try StatusServices(options, timeout: timeout)
    let isJSON = options.isSet(json.flag)
    let showsAll = options.isSet(shards.flag)
    if options.isSet(watch.flag) {
      try follow(services, every: .seconds(seconds), isJSON: isJSON, allShards: showsAll)
      return ExitCode.success
    }
    let look = StatusLook(services)
    StandardOutput.write(
      isJSON ? StatusJSON.text(look, rates: nil) : StatusTable.text(look, rates: nil, allShards: showsAll))
    return look.isReady ? ExitCode.success : ExitCode.failure
  }

  private static func follow(
    _ services: StatusServices, every interval: Duration, isJSON: Bool, allShards: Bool
  ) throws {
    let termination = TerminationSignal()
    let screen = StatusScreen()
    var last: StatusLook?
    repeat {
      let look = StatusLook(services)
      let rates = last.flatMap { StatusRates(from: $0, to: look) }
      if isJSON {
        StandardOutput.write(StatusJSON.text(look, rates: rates))
      } else if screen.isTerminal {
        screen.show(StatusTable.text(look, rates: rates, allShards: allShards))
      } else {
        StandardOutput.write(StatusLine.text(look, rates: rates))
      }
      last = look
    } while termination.wait(timeout: interval) == nil
  }
}

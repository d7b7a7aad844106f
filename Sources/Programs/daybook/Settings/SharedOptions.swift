import Runtime

/// Flags that several programs have, each written once.
enum SharedOptions {
  static let home = ProgramOption(
    "--home", "FOLDER", environment: "DAYBOOK_HOME", default: ".daybook",
    "Folder of the private Postgres that 'daybook up' runs where no database is given.")
  static let database = ProgramOption(
    "--database", "URL", environment: "DAYBOOK_DATABASE",
    "The event store: a Postgres URL or key=value text. Empty: the private Postgres of --home.")
  static let readDatabase = ProgramOption(
    "--read-database", "URL", environment: "DAYBOOK_READ_DATABASE",
    "The read models' Postgres. Empty: the same as --database.")
  static let commandListen = ProgramOption(
    "--command-listen", "HOST:PORT", environment: "DAYBOOK_COMMAND_LISTEN", default: "127.0.0.1:8080",
    "Where the command service takes samples. Port 0 takes a free one and logs it.")
  static let queryListen = ProgramOption(
    "--query-listen", "HOST:PORT", environment: "DAYBOOK_QUERY_LISTEN", default: "127.0.0.1:8081",
    "Where the query service answers. Port 0 takes a free one and logs it.")
  static let projectorListen = ProgramOption(
    "--projector-listen", "HOST:PORT", environment: "DAYBOOK_PROJECTOR_LISTEN", default: "127.0.0.1:8082",
    "Where the projector tells how it is: /livez, /readyz, /metrics. Port 0 takes a free one and logs it.")
  static let relayListen = ProgramOption(
    "--relay-listen", "HOST:PORT", environment: "DAYBOOK_RELAY_LISTEN", default: "127.0.0.1:8083",
    "Where the relay tells how it is: /livez, /readyz, /metrics. Port 0 takes a free one and logs it.")
  static let logLevel = ProgramOption(
    "--log-level", "LEVEL", environment: "DAYBOOK_LOG_LEVEL", default: "info", choices: LogLevel.allCases.map(\.name),
    "trace, debug, info, warning or error.")
  static let logFormat = ProgramOption(
    "--log-format", "FORMAT", environment: "DAYBOOK_LOG_FORMAT", default: "logfmt", choices: ["logfmt", "json"],
    "logfmt or json.")

  static let logging = [logLevel, logFormat]

  static func logger(_ options: ProgramOptions, program: String) throws(UsageError) -> Logger {
    let levelText = options[logLevel.flag] ?? "info"
    guard let level = LogLevel(name: levelText) else {
      throw UsageError("--log-level must be one of \(LogLevel.allCases.map(\.name).joined(separator: ", "))")
    }
    guard let format = Logger.Format(rawValue: options[logFormat.flag] ?? "logfmt") else {
      throw UsageError("--log-format must be logfmt or json")
    }
    return Logger(program: program, level: level, format: format)
  }
}

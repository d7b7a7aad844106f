import Glibc
import Postgres
import PostgresCluster
import Runtime

enum SQLProgram: Subcommand {
  static let name = "sql"
  static let summary = "Open psql on the views for people, or on all of it as its owner."
  static let discussion = """
      Becomes psql, connected to the right place in the right role: daybook_reader, which reads the views metrics, series,
      hours and days of schema daybook and nothing else, for at most five minutes a statement. docs/SQL.md explains them.
      What follows the flags goes to psql as it is. A password in --database or --read-database is not shown in the list
      of processes.
    """
  static let arguments = [
    ProgramArgument("ARGUMENT", isOptional: true, repeats: true, "For psql: -c 'SELECT …', -f FILE, --csv, ….")
  ]
  static let options =
    [
      ProgramOption("--owner", nil, "As the database's owner, who may change and break everything."),
      ProgramOption("--events", nil, "With --owner: the event store's database, where that is another one."),
    ] + Databases.options
  static let examples = [
    ("daybook sql", "A prompt. \\d lists the views, \\d+ days explains one, \\q leaves."),
    ("daybook sql -c 'SELECT * FROM daybook.metrics'", "One answer."),
    ("daybook sql --csv -c 'SELECT * FROM daybook.days' > days.csv", "A file for a spreadsheet."),
    ("daybook sql --owner -c '\\dn+'", "What is in the database."),
  ]
  static let exitCodes: [(Int32, String)] = [
    (ExitCode.success, "done"),
    (ExitCode.failure, "an error in SQL with -c, or psql could not be started: standard error says why"),
    (ExitCode.usage, "the command line is wrong, or the connection to Postgres failed or was lost"),
    (3, "an error in a script that sets ON_ERROR_STOP"),
  ]
  static let passesArgumentsOn = true

  static let readerRole = "daybook_reader"

  /// A session that logs in as the reader has these from the role (Migrations/read_store/sql/0004_views.sql). One that
  /// logs in as somebody else and takes the role on has them from here.
  static let readerSettings = [
    (name: "default_transaction_read_only", value: "on"), (name: "statement_timeout", value: "5min"),
    (name: "idle_in_transaction_session_timeout", value: "10min"), (name: "search_path", value: "daybook"),
  ]

  static func run(_ options: ProgramOptions) throws -> Int32 {
    let isOwner = options.isSet("--owner")
    guard isOwner || !options.isSet("--events") else {
      throw UsageError("--events goes with --owner: the views are in the read store")
    }
    let psql = try ClientProgram.find("psql")
    let databases = Databases(options)
    let role = isOwner ? nil : readerRole
    let address = try options.isSet("--events") ? databases.eventStore(role: role) : databases.readStore(role: role)
    let tool = try PostgresToolAddress(
      address, application: "daybook sql",
      sessionSettings: isOwner || databases.hasEmbeddedReadStore ? [] : readerSettings)
    for (name, value) in tool.environment { setenv(name, value, 1) }
    try become([psql, "-d", tool.conninfo] + options.positional)
  }

  /// This process goes on as another program: its terminal, its signals and its exit code are that one's.
  private static func become(_ command: [String]) throws -> Never {
    var words = command.map { strdup($0) } + [nil]
    execv(command[0], &words)
    let number = errno
    throw SQLError("cannot start \(command[0]): \(String(cString: strerror(number)))")
  }
}

import Glibc
import HTTPServer
import PostgresCluster
import Runtime

enum UpProgram: Subcommand {
  static let name = "up"
  static let summary = "Start all of Daybook on this machine, and stop it with Ctrl-C."
  static let discussion = """
      Without --database it makes and runs a private Postgres under --home, reachable over a Unix socket only, then starts
      'daybook command', 'daybook projector' and 'daybook query' as children; with --kafka 'daybook relay', too, and the
      projector reads from Kafka. A child that dies is started again, with
      back-off. Ctrl-C or SIGTERM stops all of it cleanly; the next start has all the data. Under systemd (Type=notify) it
      says when both services answer: scripts/systemd/daybook.service is a unit for it.
    """
  static let options =
    Databases.options + KafkaOptions.options + RelayProgram.topicOptions + [
      ProjectorGroup.group, SharedOptions.commandListen, SharedOptions.queryListen, SharedOptions.projectorListen,
      SharedOptions.relayListen,
      ProgramOption("--without", "PROGRAMS", "Leave these out, to run them elsewhere: command,relay,projector,query."),
    ] + AccessSettings.options + SharedOptions.logging

  static func run(_ options: ProgramOptions) throws -> Int32 {
    let termination = TerminationSignal()
    let logger = try SharedOptions.logger(options, program: name)
    let access = try AccessSettings(options)
    let command = try access.listenAddress(SharedOptions.commandListen, options)
    let query = try access.listenAddress(SharedOptions.queryListen, options)
    let projector = try access.listenAddress(SharedOptions.projectorListen, options)
    let relay = try access.listenAddress(SharedOptions.relayListen, options)
    try access.check()
    let kafka = try KafkaOptions(options)
    let programs = try programs(without: options["--without"] ?? "", hasKafka: kafka != nil)
    let databases = Databases(options)
    var cluster: PostgresCluster?
    if databases.isEmbedded {
      let made = PostgresCluster(home: options[SharedOptions.home.flag] ?? ".daybook", logger: logger)
      try made.initializeIfNeeded()
      cluster = made
    }
    // After the home is ours: a second 'up' in it is told that, which is nearer to the point.
    try checkPorts(
      [("command", command), ("query", query), ("projector", projector), ("relay", relay)], of: programs)
    if let made = cluster {
      try made.start()
      try made.createDatabaseIfNeeded("daybook")
    }
    do {
      for migration in try StoreMigration.run(databases, shards: StoreMigration.defaultShards) {
        logger.info("applied migration", ["migration": migration])
      }
      if let cluster { try StoreRestoration.settle(cluster, databases, logger) }
      var supervisor = Supervisor(
        programs: programs, environment: environment(options), cluster: cluster,
        readiness: ReadinessNotice(
          command: programs.contains("command") ? command : nil, query: programs.contains("query") ? query : nil,
          alive: [("projector", projector), ("relay", relay)].filter { programs.contains($0.0) }.map(\.1),
          scheme: access.scheme),
        termination: termination, logger: logger)
      try supervisor.run()
    } catch {
      cluster?.stop()
      throw error
    }
    return ExitCode.success
  }

  /// A child that finds its port taken would be started again for ever, and who asks there would ask somebody else.
  private static func checkPorts(_ addresses: [(String, ListenAddress)], of programs: [String]) throws {
    for (program, address) in addresses where programs.contains(program) {
      try HTTPServer.checkAddress(host: address.host, port: address.port)
    }
  }

  private static func programs(without text: String, hasKafka: Bool) throws(UsageError) -> [String] {
    let all = ["command", "relay", "projector", "query"]
    let without = text.split(separator: ",").map { String($0) }
    for name in without where !all.contains(name) {
      throw UsageError(ProgramOptions.unknown("program", name, known: all))
    }
    return all.filter { !without.contains($0) && ($0 != "relay" || hasKafka) }
  }

  /// What the children are told: our environment with the settings of this process on top, whichever way they came.
  private static func environment(_ options: ProgramOptions) -> [String: String] {
    var environment: [String: String] = [:]
    for option in self.options {
      if let name = option.environment { environment[name] = options[option.flag] ?? "" }
    }
    var all = ChildCommand.environment(changing: environment)
    // A child must not tell the service manager that all of us are ready.
    all[ServiceManager.variable] = nil
    return all
  }
}

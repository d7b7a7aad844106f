import Runtime

enum MigrateProgram: Subcommand {
  static let name = "migrate"
  static let summary = "Bring both stores' tables and roles up to this version."
  static let discussion = """
      Runs the numbered migrations that the stores do not have yet, each in a transaction of its own, and refuses when one
      that was run has changed since. The URL must name a user who may create roles and schemas. 'daybook up' does this
      at every start.

      --restored is for an event store that was restored from a backup with Postgres' own tools ('daybook restore' does it
      by itself): the store gets a new generation, so that positions given out before are told from those given out from
      now on, and read models that hold what the log does not have are dropped and made anew. Topics on Kafka go on where
      the log has what was sent; it says what to do with the others. Stop the services first; those that run nevertheless
      notice, and begin anew.
    """
  static let options =
    Databases.options + [
      ProgramOption(
        "--shards", "N", default: "8", "Ordered logs of a new store, 1 to 1024; a store that exists keeps its number."),
      ProgramOption("--restored", nil, "The event store was restored from a backup: give it a new generation."),
    ] + SharedOptions.logging

  static func run(_ options: ProgramOptions) throws -> Int32 {
    let databases = Databases(options)
    let applied = try StoreMigration.run(databases, shards: try options.integer("--shards", in: 1...1024))
    if applied.isEmpty {
      print("Both stores are up to date.")
    } else {
      for name in applied { print("applied \(name)") }
    }
    if options.isSet("--restored") {
      for line in try StoreRestoration.run(databases).lines { print(line) }
    }
    return ExitCode.success
  }
}

import Runtime

enum MigrateProgram: Subcommand {
  static let name = "migrate"
  static let summary = "Bring both stores' tables and roles up to this version."
  static let discussion = """
      Runs the numbered migrations that the stores do not have yet, each in a transaction of its own, and refuses when one
      that was run has changed since. The URL must name a user who may create roles and schemas. 'daybook up' does this
      at every start.
    """
  static let options =
    Databases.options + [
      ProgramOption(
        "--shards", "N", default: "8", "Ordered logs of a new store, 1 to 1024; a store that exists keeps its number.")
    ] + SharedOptions.logging

  static func run(_ options: ProgramOptions) throws -> Int32 {
    let applied = try StoreMigration.run(
      Databases(options), shards: try options.integer("--shards", in: 1...1024))
    if applied.isEmpty {
      print("Both stores are up to date.")
    } else {
      for name in applied { print("applied \(name)") }
    }
    return ExitCode.success
  }
}

/// What `daybook` tells its caller. `--help` and the man pages show these tables.
enum ExitCode {
  static let success: Int32 = 0
  /// It was tried and failed; standard error says why.
  static let failure: Int32 = 1
  /// The command line or a setting is wrong; nothing was tried.
  static let usage: Int32 = 2
  /// Done, but for parts that were refused and are named.
  static let partly: Int32 = 3

  /// What every subcommand has; one with more adds to them in its own `exitCodes`.
  static let common: [(Int32, String)] = [
    (success, "done"),
    (failure, "tried and failed: standard error says why"),
    (usage, "the command line or a setting is wrong: nothing was tried"),
  ]
}

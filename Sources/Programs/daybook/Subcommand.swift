import Runtime

/// One program of `daybook`: thin, it reads its settings, puts the sides together and runs.
///
/// Its tables are all there is: `--help`, the man pages, shell completion and the checks of a command line are made from
/// them, so a flag that works is a flag that is documented.
protocol Subcommand {
  /// As typed: `projector`.
  static var name: String { get }
  /// One line, for `daybook --help`.
  static var summary: String { get }
  /// What it does, in a few lines, for its own `--help`. Lines that stand deeper than the others are shown as they are.
  static var discussion: String { get }
  /// What stands beside the flags, in order. Too few or too many words are refused before `run`.
  static var arguments: [ProgramArgument] { get }
  static var options: [ProgramOption] { get }
  /// Programs below this one: `token` has `add`, `list` and `remove`. One with verbs has no flags or arguments of its own
  /// and never runs itself.
  static var verbs: [any Subcommand.Type] { get }
  /// Command lines as typed, `daybook` included, each with what it does.
  static var examples: [(String, String)] { get }
  /// Variables that it reads beside those of its options, each with what it holds: secrets, which are no flags.
  static var variables: [(String, String)] { get }
  /// What its end tells the caller.
  static var exitCodes: [(Int32, String)] { get }
  /// From its first argument on, or the first flag that is not its own, the command line belongs to another program.
  static var passesArgumentsOn: Bool { get }

  /// Runs to the end and returns the exit code. `UsageError` is printed with a hint at `--help` and ends with 2; any
  /// other error is printed and ends with 1.
  static func run(_ options: ProgramOptions) throws -> Int32
}

extension Subcommand {
  static var arguments: [ProgramArgument] { [] }
  static var options: [ProgramOption] { [] }
  static var verbs: [any Subcommand.Type] { [] }
  static var examples: [(String, String)] { [] }
  static var variables: [(String, String)] { [] }
  static var exitCodes: [(Int32, String)] { ExitCode.common }
  static var passesArgumentsOn: Bool { false }

  static func run(_ options: ProgramOptions) throws -> Int32 {
    preconditionFailure("BUG: \(name) has neither verbs nor a run of its own")
  }

  /// Throws where the words beside the flags are too few or too many, or one that there is no choice of.
  static func checkArguments(_ words: [String]) throws(UsageError) {
    if passesArgumentsOn { return }
    let needed = arguments.prefix { !$0.isOptional }.count
    guard words.count >= needed else {
      let missing = arguments[words.count]
      throw UsageError("\(missing.usage) is missing: \(missing.help)")
    }
    if words.count > arguments.count, arguments.last?.repeats != true {
      let first = words[arguments.count]
      throw UsageError("unexpected argument '\(first)'" + (arguments.isEmpty ? ": it takes flags only" : ""))
    }
    for (index, word) in words.enumerated() {
      let argument = arguments[min(index, arguments.count - 1)]
      if !argument.choices.isEmpty, !argument.choices.contains(word) {
        throw UsageError(ProgramOptions.unknown(argument.name.lowercased(), word, known: argument.choices))
      }
    }
  }
}

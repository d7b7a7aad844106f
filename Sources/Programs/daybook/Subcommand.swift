import Runtime

/// One program of `daybook`: thin, it reads its settings, puts the sides together and runs.
protocol Subcommand {
  /// As typed: `projector`.
  static var name: String { get }
  /// One line, for `daybook --help`.
  static var summary: String { get }
  /// What it does, in a few lines, for its own `--help`.
  static var discussion: String { get }
  /// What stands after the flags, `SCENARIO`, or nothing.
  static var positional: String { get }
  static var options: [ProgramOption] { get }

  /// Runs to the end and returns the exit code. `UsageError` is printed with a hint at `--help` and ends with 2; any
  /// other error is printed and ends with 1.
  static func run(_ options: ProgramOptions) throws -> Int32
}

extension Subcommand {
  static var positional: String { "" }

  static var help: String {
    var text = "\(summary)\n\nUSAGE\n  daybook \(name) [flags]\(positional.isEmpty ? "" : " " + positional)\n\n"
    text += discussion + "\n\nFLAGS\n" + ProgramOptions.help(options + [ProgramOption("--help", nil, "This text.")])
    return text
  }
}

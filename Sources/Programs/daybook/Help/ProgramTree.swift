/// All programs with the words that start them.
enum ProgramTree {
  struct Entry {
    /// What is typed behind `daybook`: `up`, `token add`.
    let path: String
    let program: any Subcommand.Type
  }

  /// Every program, each before its verbs.
  static var all: [Entry] { Daybook.subcommands.flatMap { entries($0, path: $0.name) } }

  /// A program and what is below it.
  static func entries(_ program: any Subcommand.Type, path: String) -> [Entry] {
    [Entry(path: path, program: program)] + program.verbs.flatMap { entries($0, path: "\(path) \($0.name)") }
  }
}

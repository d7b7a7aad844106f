import Glibc
import Runtime

enum ManProgram: Subcommand {
  static let name = "man"
  static let summary = "Print a man page, or write all of them to a folder."
  static let discussion = """
      Pages in the format that man reads: one for daybook itself, one for each subcommand.
    """
  static let arguments = [
    ProgramArgument("SUBCOMMAND", isOptional: true, "Whose page; left out: the page of daybook itself.")
  ]
  static let options = [
    ProgramOption("--write", "FOLDER", "Write daybook.1, daybook-up.1 and all the others into this folder.")
  ]
  static let examples = [
    ("daybook man send | man -l -", "Read the page of 'daybook send'."),
    ("daybook man --write ~/.local/share/man/man1", "So that 'man daybook-send' finds it."),
  ]

  static func run(_ options: ProgramOptions) throws -> Int32 {
    let wanted = try options.positional.first.map { word throws(UsageError) in try program(word) }
    guard let folder = options["--write"] else {
      print(ManPage.text(wanted), terminator: "")
      return ExitCode.success
    }
    if wanted != nil { throw UsageError("--write writes every page: leave out '\(options.positional[0])'") }
    for program in [nil] + Daybook.subcommands.map({ Optional($0) }) {
      let path = "\(folder)/\(ManPage.name(program)).1"
      guard let file = fopen(path, "we") else { throw ManError(path) }
      let failed = fputs(ManPage.text(program), file) == EOF
      if fclose(file) != 0 || failed { throw ManError(path) }
    }
    return ExitCode.success
  }

  private static func program(_ word: String) throws(UsageError) -> any Subcommand.Type {
    let programs = Daybook.subcommands
    guard let program = programs.first(where: { $0.name == word }) else {
      throw UsageError(ProgramOptions.unknown("subcommand", word, known: programs.map { $0.name }))
    }
    return program
  }
}

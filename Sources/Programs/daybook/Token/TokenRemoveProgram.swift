import Access
import Runtime

enum TokenRemoveProgram: Subcommand {
  static let name = "remove"
  static let summary = "Remove a token: within a second nobody is let in with it."
  static let discussion = """
      Events that were sent with it keep its name.
    """
  static let arguments = [TokenProgram.nameArgument]
  static let options = [AccessSettings.tokens]
  static let examples = [
    ("daybook token remove collector --tokens tokens", "Services that run take it within a second.")
  ]

  static func run(_ options: ProgramOptions) throws -> Int32 {
    let (name, file) = (options.positional[0], try TokenProgram.file(options))
    try file.remove(name)
    print("Removed token '\(name)' from \(file.path).")
    return ExitCode.success
  }
}

import Access
import Runtime

enum TokenListProgram: Subcommand {
  static let name = "list"
  static let summary = "Show the tokens of a file: names, scopes, when they were made."
  static let discussion = """
      The secrets are not in the file and cannot be shown.
    """
  static let options = [AccessSettings.tokens]
  static let examples = [("daybook token list --tokens tokens", "One line a token.")]

  static func run(_ options: ProgramOptions) throws -> Int32 {
    let tokens = try TokenProgram.file(options).read().tokens
    let rows = [("NAME", "SCOPES", "CREATED")] + tokens.map { ($0.name, AccessScope.text($0.scopes), $0.createdAt) }
    let width = rows.map(\.0.count).max() ?? 0
    for (name, scopes, created) in rows {
      print(padded(name, width + 2) + padded(scopes, AccessScope.text(Set(AccessScope.allCases)).count + 2) + created)
    }
    return ExitCode.success
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}

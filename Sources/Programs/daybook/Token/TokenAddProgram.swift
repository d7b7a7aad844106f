import Access
import Runtime

enum TokenAddProgram: Subcommand {
  static let name = "add"
  static let summary = "Add a token and print its secret, once."
  static let discussion = """
      Makes the file where it is missing, readable by its owner only. The secret stands alone on the last line of standard
      output and is kept nowhere: who loses it removes the token and adds another.
    """
  static let arguments = [TokenProgram.nameArgument]
  static let options = [
    AccessSettings.tokens,
    ProgramOption("--read", nil, "It may ask the query service."),
    ProgramOption("--write", nil, "It may send to the command service."),
  ]
  static let examples = [
    ("daybook token add collector --write --tokens tokens", "It may send samples and read nothing."),
    (
      "daybook token add dashboard --read --tokens tokens | tail -n 1 > dashboard.token",
      "Keeps the secret in a file, for --token-file of the client programs."
    ),
  ]

  static func run(_ options: ProgramOptions) throws -> Int32 {
    let (name, file) = (options.positional[0], try TokenProgram.file(options))
    if let problem = AccessToken.problem(ofName: name) { throw UsageError(problem) }
    let scopes = Set(AccessScope.allCases.filter { options.isSet("--\($0.rawValue)") })
    guard !scopes.isEmpty else { throw UsageError("what may the token do? Give --read, --write or both") }
    let secret = try file.add(name, scopes)
    print("Added token '\(name)' (\(AccessScope.text(scopes))) to \(file.path). This is its secret, shown only now:")
    print(secret)
    return ExitCode.success
  }
}

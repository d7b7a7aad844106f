import Access
import Runtime

enum TokenProgram: Subcommand {
  static let name = "token"
  static let summary = "Add, list and remove the tokens that clients prove themselves with."
  static let discussion = """
      A token is a secret of 256 random bits with a name, which stands in the events as the actor, and what it may do. The
      file of --tokens keeps a hash of each secret, never the secret. Services that run with that file take a change of it
      within a second. Clients send the secret as 'Authorization: Bearer SECRET'.
    """
  static var verbs: [any Subcommand.Type] {
    [TokenAddProgram.self, TokenListProgram.self, TokenRemoveProgram.self]
  }
  static let examples = [
    (
      "daybook token add collector --write --tokens tokens",
      "A token that may send samples. The last line is the secret."
    ),
    ("daybook up --tokens tokens", "From here on every request needs a token of that file."),
    ("daybook token remove collector --tokens tokens", "And this one is let in no more."),
  ]

  static let nameArgument = ProgramArgument(
    "NAME", "Who the token stands for: up to 64 letters, digits, dots, dashes and underscores.")

  static func file(_ options: ProgramOptions) throws(UsageError) -> TokenFile {
    guard let path = options[AccessSettings.tokens.flag], !path.isEmpty else {
      throw UsageError("which file? Give --tokens FILE, or set DAYBOOK_TOKENS")
    }
    return TokenFile(path)
  }
}

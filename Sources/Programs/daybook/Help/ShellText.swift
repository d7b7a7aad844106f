/// Text in scripts of shells.
enum ShellText {
  /// In single quotes, as sh, bash and zsh read them.
  static func quoted(_ text: String) -> String {
    "'" + replacing(text, ["'": "'\\''"]) + "'"
  }

  /// In single quotes, as fish reads them: a backslash marks itself and the quote.
  static func quotedForFish(_ text: String) -> String {
    "'" + replacing(text, ["\\": "\\\\", "'": "\\'"]) + "'"
  }

  static func replacing(_ text: String, _ marks: [Character: String]) -> String {
    text.map { marks[$0] ?? String($0) }.joined()
  }
}

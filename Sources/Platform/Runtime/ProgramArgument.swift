/// What may stand on a command line and is no flag: `FILE`, `NAME`.
package struct ProgramArgument: Sendable {
  /// As help calls it, in capitals. `FILE` and `FOLDER` (also `DIR`) are completed as such by shells.
  package let name: String
  package let isOptional: Bool
  /// As many as one likes; only the last argument of a program can.
  package let repeats: Bool
  /// The words that there are, where they are few. Empty: any text.
  package let choices: [String]
  package let help: String

  package init(
    _ name: String, isOptional: Bool = false, repeats: Bool = false, choices: [String] = [], _ help: String
  ) {
    self.name = name
    self.isOptional = isOptional
    self.repeats = repeats
    self.choices = choices
    self.help = help
  }

  /// As a line of usage shows it: `FILE`, `[FILE]`, `[FILE…]`, `one|two`.
  package var usage: String {
    let word = (choices.isEmpty ? name : choices.joined(separator: "|")) + (repeats ? "…" : "")
    return isOptional ? "[\(word)]" : word
  }
}

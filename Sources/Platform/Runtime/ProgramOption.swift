/// One setting of a program: a flag, perhaps with an environment variable beside it (the flag wins).
package struct ProgramOption: Sendable {
  /// With its dashes: `--database`.
  package let flag: String
  /// What stands for the value in help, `URL`; nil for a switch, which takes none. `FILE` and `FOLDER` are completed as
  /// such by shells.
  package let placeholder: String?
  package let environment: String?
  package let defaultValue: String?
  /// May be given several times, each with a value of its own: see `ProgramOptions.all`.
  package let repeats: Bool
  /// The values that there are, where they are few: for help's readers, checks and completion. Empty: any text.
  package let choices: [String]
  package let help: String

  package init(
    _ flag: String, _ placeholder: String? = nil, environment: String? = nil, default defaultValue: String? = nil,
    repeats: Bool = false, choices: [String] = [], _ help: String
  ) {
    self.flag = flag
    self.placeholder = placeholder
    self.environment = environment
    self.defaultValue = defaultValue
    self.repeats = repeats
    self.choices = choices
    self.help = help
  }
}

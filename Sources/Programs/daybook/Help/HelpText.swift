import Runtime

/// What `--help` prints, made from the tables of the subcommands.
enum HelpText {
  /// `daybook --help`.
  static func ofAll(_ subcommands: [any Subcommand.Type]) -> String {
    """
    \(Daybook.description)

    USAGE
      daybook SUBCOMMAND [flags]
      daybook SUBCOMMAND --help
      daybook --version

    SUBCOMMANDS
    \(HelpTable.text(subcommands.map { ($0.name, $0.summary) }))
    Start here: daybook up, then post to http://127.0.0.1:8080 and read at http://127.0.0.1:8081.

    ENVIRONMENT
      Most flags have a variable beside them, DAYBOOK_HOME for --home: each subcommand's help names it. The
      flag wins.

    EXIT CODES
    \(trimmed(HelpTable.text(exitCodes(subcommands))))
    """
  }

  /// `daybook SUBCOMMAND --help`. `path` is what was typed before: `token add`.
  static func of(_ subcommand: any Subcommand.Type, path: String) -> String {
    var sections = [subcommand.summary, "USAGE\n" + usage(subcommand, path: path)]
    sections.append(subcommand.discussion)
    if !subcommand.verbs.isEmpty {
      sections.append("SUBCOMMANDS\n" + HelpTable.text(subcommand.verbs.map { ($0.name, $0.summary) }))
    }
    if !subcommand.arguments.isEmpty {
      sections.append("ARGUMENTS\n" + HelpTable.text(subcommand.arguments.map { ($0.name, meaning($0)) }))
    }
    if subcommand.verbs.isEmpty {
      sections.append("FLAGS\n" + HelpTable.text(flags(subcommand).map { (name($0), meaning($0)) }))
    }
    let variables = variables(subcommand)
    if !variables.isEmpty { sections.append("ENVIRONMENT\n" + HelpTable.text(variables)) }
    if !subcommand.examples.isEmpty { sections.append("EXAMPLES\n" + examples(subcommand)) }
    sections.append("EXIT CODES\n" + HelpTable.text(subcommand.exitCodes.map { ("\($0.0)", $0.1) }))
    return sections.map(trimmed).joined(separator: "\n\n")
  }

  /// The flags of a subcommand with the one that every one has.
  static func flags(_ subcommand: any Subcommand.Type) -> [ProgramOption] {
    subcommand.options + [ProgramOption("--help", nil, "This text.")]
  }

  /// `--label K=V`.
  static func name(_ option: ProgramOption) -> String {
    option.placeholder.map { "\(option.flag) \($0)" } ?? option.flag
  }

  static func meaning(_ option: ProgramOption) -> String {
    var notes: [String] = []
    if option.repeats { notes.append("may be repeated") }
    if let environment = option.environment { notes.append(environment) }
    if let value = option.defaultValue { notes.append("default \(value)") }
    return option.help + (notes.isEmpty ? "" : " [\(notes.joined(separator: "; "))]")
  }

  static func meaning(_ argument: ProgramArgument) -> String {
    argument.help + (argument.choices.isEmpty ? "" : " [\(argument.choices.joined(separator: ", "))]")
  }

  /// Every variable that a subcommand reads, with what it means.
  static func variables(_ subcommand: any Subcommand.Type) -> [(String, String)] {
    let beside = subcommand.options.compactMap { option in
      option.environment.map { ($0, "as \(option.flag)" + (option.placeholder == nil ? ": true or false" : "")) }
    }
    return beside + subcommand.variables
  }

  /// The lines of usage without indentation: one for each verb, else one.
  static func usageLines(_ subcommand: any Subcommand.Type, path: String) -> [String] {
    if !subcommand.verbs.isEmpty {
      return subcommand.verbs.flatMap { usageLines($0, path: "\(path) \($0.name)") }
    }
    return [(["daybook", path, "[flags]"] + subcommand.arguments.map(\.usage)).joined(separator: " ")]
  }

  /// The common ones, and what single subcommands have beside them.
  static func exitCodes(_ subcommands: [any Subcommand.Type]) -> [(String, String)] {
    let common = ExitCode.common.map { ("\($0.0)", $0.1) }
    return common
      + subcommands.flatMap { subcommand in
        subcommand.exitCodes.filter { code in !ExitCode.common.contains { $0 == code } }
          .map { ("\($0.0)", "\(subcommand.name): \($0.1)") }
      }
  }

  private static func usage(_ subcommand: any Subcommand.Type, path: String) -> String {
    usageLines(subcommand, path: path).map { "  " + $0 }.joined(separator: "\n")
  }

  private static func examples(_ subcommand: any Subcommand.Type) -> String {
    subcommand.examples.map { command, meaning in "  \(command)\n      \(meaning)" }.joined(separator: "\n")
  }

  private static func trimmed(_ text: String) -> String {
    var text = Substring(text)
    while text.last == "\n" { text.removeLast() }
    return String(text)
  }
}

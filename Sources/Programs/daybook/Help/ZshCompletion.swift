import Runtime

/// `daybook completion zsh`.
enum ZshCompletion {
  static var script: String {
    """
    #compdef daybook
    # Completion of daybook for zsh. To have it: daybook completion zsh > FOLDER/_daybook, for a FOLDER of $fpath.
    \(chooser("_daybook", Daybook.subcommands))
    \(ProgramTree.all.map { function($0) }.joined(separator: "\n"))
    if [[ $funcstack[1] == _daybook ]]; then _daybook "$@"; else compdef _daybook daybook; fi
    """
  }

  private static func function(_ entry: ProgramTree.Entry) -> String {
    if !entry.program.verbs.isEmpty { return chooser(name(entry.path), entry.program.verbs) }
    let lines =
      HelpText.flags(entry.program).map(spec)
      + entry.program.arguments.enumerated().map { index, argument in
        let place = argument.repeats ? "*" : "\(index + 1)"
        let colon = argument.isOptional && !argument.repeats ? "::" : ":"
        return ShellText.quoted("\(place)\(colon)\(marked(argument.name)):\(action(CompletedValue(argument)))")
      }
    return "\(name(entry.path))() {\n  _arguments -s \\\n    \(lines.joined(separator: " \\\n    "))\n}"
  }

  /// A function that offers programs by name, and lets each go on with what follows.
  private static func chooser(_ function: String, _ programs: [any Subcommand.Type]) -> String {
    let described = programs.map { ShellText.quoted("\($0.name):\(marked($0.summary))") }.joined(separator: " ")
    let cases = programs.map { "        \($0.name)) \(function)_\(safe($0.name)) ;;" }.joined(separator: "\n")
    return """
      \(function)() {
        local curcontext=$curcontext state line
        typeset -A opt_args
        _arguments -C '(- *)--help[Show help]'\(function == "_daybook" ? " '(- *)--version[Show the version]'" : "") \\
          '1:subcommand:->subcommand' '*::argument:->arguments'
        case $state in
          subcommand)
            local -a programs=(\(described))
            _describe -t commands subcommand programs ;;
          arguments)
            case $line[1] in
      \(cases)
            esac ;;
        esac
      }
      """
  }

  private static func spec(_ option: ProgramOption) -> String {
    let repeats = option.repeats ? "*" : ""
    let help = "[\(marked(option.help))]"
    guard let placeholder = option.placeholder else { return ShellText.quoted("\(repeats)\(option.flag)\(help)") }
    return ShellText.quoted(
      "\(repeats)\(option.flag)=\(help):\(marked(placeholder)):\(action(CompletedValue(option)))")
  }

  private static func action(_ value: CompletedValue) -> String {
    switch value {
    case .words(let words): "(\(words.joined(separator: " ")))"
    case .files: "_files"
    case .folders: "_files -/"
    case .text: " "
    }
  }

  private static func name(_ path: String) -> String {
    "_daybook_" + path.split(separator: " ").map { safe(String($0)) }.joined(separator: "_")
  }

  private static func safe(_ word: String) -> String { ShellText.replacing(word, ["-": "_"]) }

  /// Colons and brackets mean something in what `_arguments` takes.
  private static func marked(_ text: String) -> String {
    ShellText.replacing(text, ["\\": "\\\\", ":": "\\:", "[": "\\[", "]": "\\]"])
  }
}

import Runtime

/// `daybook completion bash`.
enum BashCompletion {
  static var script: String {
    """
    # Completion of daybook for bash. To have it: eval "$(daybook completion bash)"
    _daybook() {
      local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} path=daybook index
      COMPREPLY=()
      # --flag=value comes as three words.
      if [[ $current == = ]]; then
        current=
      elif [[ $previous == = && COMP_CWORD -gt 2 ]]; then
        previous=${COMP_WORDS[COMP_CWORD-2]}
      fi
      for ((index = 1; index < COMP_CWORD; index++)); do
        case "$path ${COMP_WORDS[index]}" in
          \(paths.map(ShellText.quoted).joined(separator: " | "))) path+=" ${COMP_WORDS[index]}" ;;
        esac
      done
      case "$path $previous" in
    \(values)
      esac
      case "$path" in
    \(words)
      esac
    }
    _daybook_words() { mapfile -t COMPREPLY < <(compgen -W "$1" -- "$2"); }
    _daybook_files() {
      compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -f -- "$1")
    }
    _daybook_folders() {
      compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -d -- "$1")
    }
    complete -F _daybook daybook
    """
  }

  private static var paths: [String] { ProgramTree.all.map { "daybook \($0.path)" } }

  /// A line for each flag with a value: what may stand behind it.
  private static var values: String {
    ProgramTree.all.flatMap { entry in
      entry.program.options.filter { $0.placeholder != nil }.map { option in
        "    \(ShellText.quoted("daybook \(entry.path) \(option.flag)"))) "
          + (action(CompletedValue(option)).map { "\($0); " } ?? "") + "return ;;"
      }
    }.joined(separator: "\n")
  }

  /// A line for each program: what may stand where no flag's value does.
  private static var words: String {
    let top = (Daybook.subcommands.map { $0.name } + ["help", "--help", "--version"]).joined(separator: " ")
    let first = "    daybook) _daybook_words \(ShellText.quoted(top)) \"$current\" ;;"
    return ([first] + ProgramTree.all.map { "    \(ShellText.quoted("daybook \($0.path)"))) \(words($0.program)) ;;" })
      .joined(separator: "\n")
  }

  private static func words(_ program: any Subcommand.Type) -> String {
    let flags = HelpText.flags(program).map(\.flag)
    if !program.verbs.isEmpty {
      return "_daybook_words \(ShellText.quoted((program.verbs.map { $0.name } + ["--help"]).joined(separator: " "))) "
        + "\"$current\""
    }
    let offerFlags = "_daybook_words \(ShellText.quoted(flags.joined(separator: " "))) \"$current\""
    // What is beside the flags; of several arguments the last with something to offer.
    guard let argument = program.arguments.compactMap({ action(CompletedValue($0)) }).last else { return offerFlags }
    return "if [[ $current == -* ]]; then \(offerFlags); else \(argument); fi"
  }

  private static func action(_ value: CompletedValue) -> String? {
    switch value {
    case .words(let words): "_daybook_words \(ShellText.quoted(words.joined(separator: " "))) \"$current\""
    case .files: "_daybook_files \"$current\""
    case .folders: "_daybook_folders \"$current\""
    case .text: nil
    }
  }
}

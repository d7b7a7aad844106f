import Runtime

/// `daybook completion fish`.
enum FishCompletion {
  static var script: String {
    let paths = ProgramTree.all.map { ShellText.quotedForFish("daybook \($0.path)") }.joined(separator: " ")
    return """
      # Completion of daybook for fish. To have it: daybook completion fish | source
      function __daybook_path
          set -l path daybook
          set -l words (commandline -opc)
          set -e words[1]
          for word in $words
              switch "$path $word"
                  case \(paths)
                      set path "$path $word"
              end
          end
          echo $path
      end
      complete -c daybook -f
      \(top)
      \(ProgramTree.all.flatMap(lines).joined(separator: "\n"))
      """
  }

  private static var top: String {
    (programs(Daybook.subcommands, at: "daybook") + [
      line("daybook", "-l help", "Show help"), line("daybook", "-l version", "Show the version"),
    ]).joined(separator: "\n")
  }

  private static func lines(_ entry: ProgramTree.Entry) -> [String] {
    let path = "daybook \(entry.path)"
    if !entry.program.verbs.isEmpty { return programs(entry.program.verbs, at: path) }
    let flags = HelpText.flags(entry.program).map { option in
      let name = "-l \(option.flag.drop { $0 == "-" })"
      return line(
        path, option.placeholder == nil ? name : "\(name) \(value(CompletedValue(option)))", option.help)
    }
    let arguments = entry.program.arguments.map { argument in
      offer(CompletedValue(argument)).map { line(path, $0, argument.help) }
    }
    return flags + arguments.compactMap { $0 }
  }

  private static func programs(_ programs: [any Subcommand.Type], at path: String) -> [String] {
    programs.map { line(path, "-a \($0.name)", $0.summary) }
  }

  private static func line(_ path: String, _ what: String, _ help: String) -> String {
    "complete -c daybook -n \(ShellText.quotedForFish("test (__daybook_path) = \"\(path)\"")) \(what) "
      + "-d \(ShellText.quotedForFish(help))"
  }

  /// A flag's value; -x is one that is no file.
  private static func value(_ value: CompletedValue) -> String {
    if case .files = value { return "-r -F" }
    return "-x" + (offer(value).map { " \($0)" } ?? "")
  }

  private static func offer(_ value: CompletedValue) -> String? {
    switch value {
    case .words(let words): "-a \(ShellText.quotedForFish(words.joined(separator: " ")))"
    case .files: "-F"
    case .folders: "-a '(__fish_complete_directories)'"
    case .text: nil
    }
  }
}

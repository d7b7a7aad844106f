import Runtime

/// Finds the subcommand and runs it.
enum Daybook {
  static let version = "0.1.0"

  /// What it is, for those who have never heard of it.
  static let description = """
    Daybook keeps metrics as an accountant keeps a daybook: every sample is written once, in order, and never changed;
    every average can be traced back to its samples and drawn up again.
    """

  static var subcommands: [any Subcommand.Type] {
    [
      UpProgram.self, CommandProgram.self, RelayProgram.self, ProjectorProgram.self, QueryProgram.self,
      MigrateProgram.self, SendProgram.self, StatusProgram.self, SQLProgram.self, BackupProgram.self,
      RestoreProgram.self, TokenProgram.self, BenchProgram.self, CompletionProgram.self, ManProgram.self,
    ]
  }

  static func run(_ arguments: [String]) -> Int32 {
    guard let first = arguments.first else {
      complain(HelpText.ofAll(subcommands))
      return ExitCode.usage
    }
    switch first {
    case "--help", "-h":
      print(HelpText.ofAll(subcommands))
      return ExitCode.success
    case "help":
      return help(Array(arguments.dropFirst()))
    case "--version", "version":
      print("daybook \(version)")
      return ExitCode.success
    default:
      return run(arguments[...], among: subcommands, path: "")
    }
  }

  /// Runs the first word's program with the rest. `path` is what was typed before.
  private static func run(_ words: ArraySlice<String>, among programs: [any Subcommand.Type], path: String) -> Int32 {
    guard let first = words.first else { preconditionFailure("BUG: no word to run") }
    guard let program = programs.first(where: { $0.name == first }) else {
      return refuse(
        ProgramOptions.unknown(first.hasPrefix("-") ? "flag" : "subcommand", first, known: known(programs, path)), path)
    }
    let path = path.isEmpty ? first : "\(path) \(first)"
    let rest = words.dropFirst()
    return program.verbs.isEmpty
      ? run(program, Array(rest), path: path) : runVerb(of: program, rest, path: path)
  }

  private static func runVerb(of program: any Subcommand.Type, _ words: ArraySlice<String>, path: String) -> Int32 {
    switch words.first {
    case nil:
      return refuse("say what to do: \(program.verbs.map { $0.name }.joined(separator: ", "))", path)
    case "--help", "-h", "help":
      print(HelpText.of(program, path: path))
      return ExitCode.success
    default:
      return run(words, among: program.verbs, path: path)
    }
  }

  /// A program that logs says in its log, too, why it ends: whoever reads lines of JSON gets no other ones.
  private static func runLogged(_ program: any Subcommand.Type, _ options: ProgramOptions) throws -> Int32 {
    do {
      return try program.run(options)
    } catch  where !(error is UsageError) {
      guard program.options.contains(where: { $0.flag == SharedOptions.logFormat.flag }),
        let logger = try? SharedOptions.logger(options, program: program.name)
      else { throw error }
      logger.error("cannot go on", ["reason": "\(error)"])
      return ExitCode.failure
    }
  }

  private static func run(_ program: any Subcommand.Type, _ arguments: [String], path: String) -> Int32 {
    do {
      let options = try ProgramOptions(arguments, program.options, passesOn: program.passesArgumentsOn)
      if options.wantsHelp {
        print(HelpText.of(program, path: path))
        return ExitCode.success
      }
      try program.checkArguments(options.positional)
      return try runLogged(program, options)
    } catch let error as UsageError {
      return refuse("\(error)", path)
    } catch {
      complain("daybook \(path): \(error)")
      return ExitCode.failure
    }
  }

  /// `daybook help`, `daybook help up`, `daybook help token add`.
  private static func help(_ words: [String]) -> Int32 {
    var programs = subcommands
    var found: (any Subcommand.Type)?
    for (index, word) in words.enumerated() {
      guard let program = programs.first(where: { $0.name == word }) else {
        let path = words[..<index].joined(separator: " ")
        return refuse(ProgramOptions.unknown("subcommand", word, known: programs.map { $0.name }), path)
      }
      (found, programs) = (program, program.verbs)
    }
    print(found.map { HelpText.of($0, path: words.joined(separator: " ")) } ?? HelpText.ofAll(subcommands))
    return ExitCode.success
  }

  /// What could have been meant by a word that is no program.
  private static func known(_ programs: [any Subcommand.Type], _ path: String) -> [String] {
    programs.map { $0.name } + (path.isEmpty ? ["help", "--help", "--version"] : ["--help"])
  }

  private static func refuse(_ text: String, _ path: String) -> Int32 {
    let name = path.isEmpty ? "daybook" : "daybook \(path)"
    complain("\(name): \(text)\nTry: \(name) --help")
    return ExitCode.usage
  }

  static func complain(_ text: String) {
    StandardError.write(text + "\n")
  }
}

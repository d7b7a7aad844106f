import Runtime

/// Finds the subcommand and runs it.
enum Daybook {
  static let version = "0.1.0"

  static var subcommands: [any Subcommand.Type] {
    [
      UpProgram.self, CommandProgram.self, ProjectorProgram.self, QueryProgram.self, MigrateProgram.self,
      StatusProgram.self, BenchProgram.self,
    ]
  }

  static func run(_ arguments: [String]) -> Int32 {
    guard let first = arguments.first else {
      complain(help)
      return ExitCode.usage
    }
    switch first {
    case "--help", "-h", "help":
      print(help)
      return ExitCode.success
    case "--version", "version":
      print("daybook \(version)")
      return ExitCode.success
    default:
      break
    }
    guard let subcommand = subcommands.first(where: { $0.name == first }) else {
      complain(
        "daybook: \(ProgramOptions.unknown("subcommand", first, known: subcommands.map { $0.name }))\n"
          + "Try: daybook --help")
      return ExitCode.usage
    }
    do {
      let options = try ProgramOptions(Array(arguments.dropFirst()), subcommand.options)
      if options.wantsHelp {
        print(subcommand.help)
        return ExitCode.success
      }
      return try subcommand.run(options)
    } catch let error as UsageError {
      complain("daybook \(first): \(error)\nTry: daybook \(first) --help")
      return ExitCode.usage
    } catch {
      complain("daybook \(first): \(error)")
      return ExitCode.failure
    }
  }

  static func complain(_ text: String) {
    StandardError.write(text + "\n")
  }

  private static var help: String {
    let width = (subcommands.map { $0.name.count }.max() ?? 0) + 2
    let lines = subcommands.map { subcommand in
      "  " + subcommand.name + String(repeating: " ", count: width - subcommand.name.count) + subcommand.summary
    }
    return """
      Daybook keeps metrics as an accountant keeps a daybook: every sample is written once, in order, and never changed;
      every average can be traced back to its samples and drawn up again.

      USAGE
        daybook SUBCOMMAND [flags]

      SUBCOMMANDS
      \(lines.joined(separator: "\n"))

      Start here: daybook up, then post to http://127.0.0.1:8080 and read at http://127.0.0.1:8081.
      Every flag of a subcommand: daybook SUBCOMMAND --help

      EXIT CODES
        0  done
        1  tried and failed: standard error says why
        2  the command line or a setting is wrong: nothing was tried
      """
  }
}

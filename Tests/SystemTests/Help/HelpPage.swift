/// What `--help` of a program says, taken apart: the tests' list of programs and flags, so that a new one is tested without
/// being named here.
struct HelpPage {
  /// `token add`; empty for `daybook` itself.
  let path: String
  let text: String
  /// The lines of each section, by its heading.
  private let sections: [String: [Substring]]

  init(path: String) throws {
    self.path = path
    let run = try ProgramRun.daybook(path.split(separator: " ").map(String.init) + ["--help"])
    guard run.status == 0 else {
      throw SystemTestError("daybook \(path) --help ended with \(run.status): \(run.error)")
    }
    text = run.output
    var sections: [String: [Substring]] = [:]
    var heading = ""
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if let first = line.first, first != " " {
        heading = String(line)
      } else {
        sections[heading, default: []].append(line)
      }
    }
    self.sections = sections
  }

  func has(_ heading: String) -> Bool { sections[heading] != nil }

  /// The names in a section's left column: `up`, `--home`, `DAYBOOK_HOME`.
  func names(_ heading: String) -> [String] {
    (sections[heading] ?? []).filter { $0.hasPrefix("  ") && !$0.hasPrefix("   ") }
      .compactMap { $0.split(separator: " ").first.map(String.init) }
  }

  /// The page of every program: `daybook`, its subcommands, their verbs.
  static func all(below path: String = "") throws -> [HelpPage] {
    let page = try HelpPage(path: path)
    return try [page] + page.names("SUBCOMMANDS").flatMap { try all(below: path.isEmpty ? $0 : "\(path) \($0)") }
  }
}

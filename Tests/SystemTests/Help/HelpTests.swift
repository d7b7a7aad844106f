import Foundation
import TestSupport
import Testing

/// Help and man pages are made from the tables by which command lines are read; these tests find the programs and flags in
/// the help itself.
struct HelpTests {
  @Test func everyProgramHasHelpWithTheSameSections() throws {
    let pages = try HelpPage.all()
    #expect(pages.count > 8)
    for page in pages {
      #expect(page.has("USAGE") && page.has("EXIT CODES"), "\(page.path)")
      #expect(page.names("EXIT CODES").starts(with: ["0", "1", "2"]), "\(page.path)")
      #expect(!page.text.contains("  \n") && !page.text.contains("\n\n\n"), "\(page.path)")
      for line in page.text.split(separator: "\n") {
        #expect(line.count <= 120, "daybook \(page.path) --help: \(line)")
      }
      if page.path.isEmpty { continue }
      #expect(page.text.contains("\n  daybook \(page.path) "), "\(page.path)")
      #expect(page.has("SUBCOMMANDS") || page.names("FLAGS").contains("--help"), "\(page.path)")
      let words = page.path.split(separator: " ").map(String.init)
      #expect(try ProgramRun.daybook(["help"] + words).output == page.text)
      #expect(try ProgramRun.daybook(words + ["-h"]).output == page.text)
    }
  }

  @Test func everyVariableOfAFlagStandsUnderEnvironment() throws {
    for page in try HelpPage.all() where page.has("FLAGS") {
      let named = page.text.matches(of: /DAYBOOK_[A-Z_]+/).map { String($0.0) }
      #expect(Set(named).isSubset(of: page.names("ENVIRONMENT")), "\(page.path)")
    }
  }

  @Test func manPagesHaveEveryProgramAndFlagAndNoMistakes() throws {
    let folder = TemporaryFolder()
    #expect(try ProgramRun.daybook(["man", "--write", folder.path]).status == 0)
    let pages = try HelpPage.all()
    var names: Set<String> = []
    for page in pages {
      let subcommand = page.path.split(separator: " ").first.map(String.init)
      let name = subcommand.map { "daybook-\($0).1" } ?? "daybook.1"
      names.insert(name)
      let file = "\(folder.path)/\(name)"
      let text = try String(contentsOfFile: file, encoding: .utf8)
      #expect(text == (try ProgramRun.daybook(["man"] + (subcommand.map { [$0] } ?? [])).output))
      #expect(text.utf8.allSatisfy { $0 < 128 }, "\(name)")
      let shown = try ProgramRun("/usr/bin/groff", ["-ww", "-man", "-Tutf8", "-rLL=100n", "-P-cbou", file])
      #expect(shown.error.isEmpty && shown.status == 0, "\(name): \(shown.error)")
      let ascii = shown.output.replacingOccurrences(of: "−", with: "-").replacingOccurrences(of: "‐", with: "-")
      for flag in page.names("FLAGS") + page.names("ARGUMENTS") + page.names("ENVIRONMENT") + page.names("SUBCOMMANDS")
      {
        #expect(ascii.contains(flag), "\(name): \(flag)")
      }
      for code in page.names("EXIT CODES") {
        #expect(ascii.contains("\n       \(code) "), "\(name): exit code \(code)")
      }
    }
    #expect(Set(try FileManager.default.contentsOfDirectory(atPath: folder.path)) == names)
  }

  @Test func manReadsAPage() throws {
    let page = try ProgramRun.daybook(["man", "sql"]).output
    let shown = try ProgramRun(
      "/usr/bin/man", ["--warnings", "-l", "-"], input: page,
      environment: ["MANPAGER": "cat", "MANWIDTH": "80", "LC_ALL": "C.UTF-8"])
    #expect(shown.status == 0 && shown.error.isEmpty, "\(shown.error)")
    #expect(shown.output.contains("daybook-sql - Open psql"), "\(shown.output)")
  }

  @Test func pagesThatCannotBeWrittenAreAnError() throws {
    let missing = try ProgramRun.daybook(["man", "--write", "/nonexistent/folder"])
    #expect(missing.status == 1)
    #expect(
      missing.error == "daybook man: cannot write /nonexistent/folder/daybook.1: No such file or directory\n")
    #expect(try ProgramRun.daybook(["man", "sqll"]).error.contains("did you mean 'sql'?"))
    #expect(try ProgramRun.daybook(["man", "sql", "--write", "/tmp"]).status == 2)
  }

  @Test func theVersionIsOneLine() throws {
    for word in ["--version", "version"] {
      let run = try ProgramRun.daybook([word])
      #expect(run.status == 0)
      #expect(run.output.wholeMatch(of: /daybook [0-9]+\.[0-9]+\.[0-9]+\n/) != nil, "\(run.output)")
    }
  }
}

import Foundation
import TestSupport
import Testing

/// Completion in the real shells.
struct CompletionTests {
  private struct Shells {
    let folder = TemporaryFolder()
    let path: String

    init() throws {
      path = folder.path
      try FileManager.default.createSymbolicLink(
        atPath: "\(path)/daybook", withDestinationPath: try RunningDaybook.executablePath())
      try FileManager.default.createDirectory(atPath: "\(path)/place/a folder", withIntermediateDirectories: true)
      try Data().write(to: URL(fileURLWithPath: "\(path)/place/a file.csv"))
    }

    func run(_ shell: String, _ arguments: [String], _ script: String) throws -> String {
      let run = try ProgramRun(
        shell, arguments + ["-c", "cd '\(path)/place'\n" + script],
        environment: ["PATH": "\(path):\(ProcessInfo.processInfo.environment["PATH"] ?? "")", "HOME": path])
      guard run.status == 0, run.error.isEmpty else {
        throw SystemTestError("\(shell) ended with \(run.status): \(run.error)\n\(script)")
      }
      return run.output
    }

    /// What bash offers for these words, of which the last is being typed.
    func bash(_ words: [String]) throws -> Set<String> {
      let quoted = words.map { "'\($0)'" }.joined(separator: " ")
      let output = try run(
        "/bin/bash", ["--norc"],
        """
        eval "$(daybook completion bash)"
        COMP_WORDS=(\(quoted)) COMP_CWORD=\(words.count - 1)
        _daybook
        printf '%s\\n' "${COMPREPLY[@]}"
        """)
      return Set(output.split(separator: "\n").map(String.init))
    }

    /// What fish offers for a command line.
    func fish(_ line: String) throws -> Set<String> {
      let output = try run(
        "/usr/bin/fish", ["--no-config"],
        "daybook completion fish | source\ncomplete -C '\(line)'")
      return Set(output.split(separator: "\n").map { String($0.split(separator: "\t")[0]) })
    }
  }

  @Test func bashOffersEverySubcommandAndFlag() throws {
    let shells = try Shells()
    for page in try HelpPage.all() {
      let words = ["daybook"] + page.path.split(separator: " ").map(String.init)
      let programs = Set(page.names("SUBCOMMANDS"))
      if programs.isEmpty {
        #expect(try shells.bash(words + ["--"]) == Set(page.names("FLAGS")), "\(page.path)")
      } else {
        #expect(try shells.bash(words + [""]).isSuperset(of: programs), "\(page.path)")
      }
    }
  }

  @Test func bashOffersWordsFilesAndFolders() throws {
    let shells = try Shells()
    #expect(try shells.bash(["daybook", "sta"]) == ["status"])
    #expect(try shells.bash(["daybook", "completion", ""]) == ["bash", "zsh", "fish"])
    #expect(try shells.bash(["daybook", "up", "--log-format", "j"]) == ["json"])
    #expect(try shells.bash(["daybook", "up", "--log-format", "="]) == ["json", "logfmt"])
    #expect(try shells.bash(["daybook", "up", "--log-format", "=", "j"]) == ["json"])
    #expect(try shells.bash(["daybook", "up", "--home", ""]) == ["a folder"])
    #expect(try shells.bash(["daybook", "up", "--database", ""]) == [])
    #expect(try shells.bash(["daybook", "man", "--write", "a"]) == ["a folder"])
    // A flag's value that is called like a subcommand is none.
    #expect(try shells.bash(["daybook", "up", "--home", "status", "--without"]) == ["--without"])
  }

  @Test func fishOffersEverySubcommandAndFlag() throws {
    let shells = try Shells()
    for page in try HelpPage.all() {
      let line = "daybook \(page.path)\(page.path.isEmpty ? "" : " ")"
      let programs = Set(page.names("SUBCOMMANDS"))
      if programs.isEmpty {
        #expect(
          try shells.fish(line + "--").map { $0.prefix { $0 != "=" } }.map(String.init).sorted()
            == page.names("FLAGS").sorted(), "\(page.path)")
      } else {
        #expect(try shells.fish(line) == programs, "\(page.path)")
      }
    }
    #expect(try shells.fish("daybook completion z") == ["zsh"])
    #expect(try shells.fish("daybook up --log-format ") == ["json", "logfmt"])
    #expect(try shells.fish("daybook up --home a") == ["a folder/"])
    #expect(try shells.fish("daybook up --database ") == [])
  }

  /// Keys typed into a zsh with a terminal of its own.
  @Test(arguments: [
    ("daybook statu\t", "daybook status "), ("daybook completion fi\t", "daybook completion fish "),
    ("daybook up --log-form\t", "daybook up --log-format"), ("daybook up --log-format=js\t", "--log-format=json"),
    ("daybook up --home a\t", #"daybook up --home a\ folder/"#), ("daybook --ver\t", "daybook --version"),
  ])
  func zshCompletes(keys: String, line: String) throws {
    let shells = try Shells()
    let script = """
      zmodload zsh/zpty
      mkdir "$HOME/functions"
      daybook completion zsh > "$HOME/functions/_daybook"
      zpty terminal zsh -f -i
      zpty -w terminal 'PS1= PS2= RPS1=; unsetopt zle_bracketed_paste prompt_cr prompt_sp; stty -echo 2>/dev/null'
      zpty -w terminal 'fpath=("$HOME/functions" $fpath); autoload -U compinit; compinit -u -d "$HOME/dump"'
      # The whole line as the editor has it, once a key asks for it.
      zpty -w terminal 'show() { print -r -- "<line>$BUFFER<end>" }; zle -N show; bindkey "^X" show; print -r -- rea""dy'
      zpty -r -m terminal seen '*ready*'
      zpty -w -n terminal '\(keys)'$'\\030'
      zpty -r -m terminal seen '*<line>*<end>*'
      print -r -- "$seen"
      zpty -d terminal
      """
    let output = try shells.run("/usr/bin/timeout", ["60", "/usr/bin/zsh", "-f"], script)
    let shown = output.split(separator: "<line>").last.map { String($0.prefix { $0 != "<" }) } ?? ""
    #expect(shown.hasSuffix(line) || shown.contains(line), "zsh made '\(shown)' of '\(keys)'")
  }

  @Test func zshHasAFunctionWithEveryFlagOfEveryProgram() throws {
    let script = try ProgramRun.daybook(["completion", "zsh"]).output
    let shells = try Shells()
    try Data(script.utf8).write(to: URL(fileURLWithPath: "\(shells.path)/_daybook"))
    _ = try shells.run("/usr/bin/zsh", ["-f"], "zsh -n '\(shells.path)/_daybook'")
    for page in try HelpPage.all() where !page.path.isEmpty {
      let name = "_daybook_" + page.path.map { $0 == " " || $0 == "-" ? "_" : String($0) }.joined() + "() {"
      let rest = try #require(script.split(separator: name).dropFirst().first, "\(page.path)")
      let body = rest.split(separator: "\n}")[0]
      for flag in page.names("FLAGS") {
        #expect(body.contains("\(flag)[") || body.contains("\(flag)=["), "\(name) \(flag)")
      }
      for program in page.names("SUBCOMMANDS") { #expect(body.contains("'\(program):"), "\(name) \(program)") }
    }
  }
}

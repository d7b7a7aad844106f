import Foundation
import Glibc
import Testing

/// The README's commands, typed one after another into an empty home, print what it says they print.
@Suite(.serialized) struct QuickStartTests {
  /// Commands that take minutes, or that this very run has been started by.
  private static let leftOut: Set<String> = ["scripts/test"]

  @Test func everyCommandOfTheReadmePrintsWhatItSays() throws {
    try runTheReadme(DocumentSandbox())
  }

  @Test func itDoesSoForAnOrdinaryUserToo() throws {
    // As an ordinary user, the test above is this one.
    guard geteuid() == 0 else { return }
    try runTheReadme(DocumentSandbox(user: 65_534))
  }

  /// The folder looks like a clone, with the real scripts; the programs are the ones built with these tests.
  private func runTheReadme(_ sandbox: DocumentSandbox) throws {
    defer { sandbox.stop() }
    for script in ["up", "install-dependencies"] {
      try sandbox.add("scripts/\(script)", from: RepositoryFile.url("scripts/\(script)").path)
    }
    try sandbox.add(".build/release/daybook", from: try RunningDaybook.executablePath())
    try sandbox.addCommand("swift", script: Self.compiler)
    for (path, source) in Self.samples { try sandbox.add(path, from: RepositoryFile.url(source).path) }
    let readme = try String(contentsOf: RepositoryFile.url("README.md"), encoding: .utf8)
    let examples = MarkdownExample.all(in: readme).filter { !Self.leftOut.contains($0.script) }
    #expect(examples.count >= 4)
    for example in examples {
      if DocumentSandbox.isStart(example.script) {
        try sandbox.start(example.script)
        continue
      }
      if example.script.contains(":8081/v1/") { try sandbox.waitUntilRead() }
      let differences = example.differences(try sandbox.run(example.script), sandbox)
      if !differences.isEmpty {
        Issue.record("README.md:\(example.line): \(example.script)\n\(differences.joined(separator: "\n"))")
      }
    }
  }

  /// Files of the repository that commands of the README name.
  private static let samples: [(path: String, source: String)] = []

  /// In place of the compiler: what scripts/up builds is there.
  private static let compiler =
    """
    #!/bin/sh
    case "$*" in 'build --package-path '*'/daybook -c release --product daybook') exit 0 ;; esac
    echo "unexpected: swift $*" >&2
    exit 1
    """
}

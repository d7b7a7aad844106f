import Foundation
import Glibc
import TestSupport
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
    for path in Self.data { try sandbox.add(path, from: RepositoryFile.url(path).path) }
    let readme = try String(contentsOf: RepositoryFile.url("README.md"), encoding: .utf8)
    let examples = MarkdownExample.all(in: readme).filter { !Self.leftOut.contains($0.script) }
    #expect(examples.count >= 4)
    for example in examples {
      if DocumentSandbox.isStart(example.script) {
        try sandbox.start(example.script)
        continue
      }
      let differences = try differences(example, sandbox)
      if !differences.isEmpty {
        Issue.record("README.md:\(example.line): \(example.script)\n\(differences.joined(separator: "\n"))")
      }
    }
  }

  /// The views of SQL follow the last fold, which a quiet system does at once: asked again until they do.
  private func differences(_ example: MarkdownExample, _ sandbox: DocumentSandbox) throws -> [String] {
    try sandbox.waitUntilRead()
    var differences = example.differences(try sandbox.run(example.script), sandbox)
    guard example.script.hasPrefix("daybook sql"), !differences.isEmpty else { return differences }
    try? waitUntil("what SQL shows to be what is written") {
      differences = example.differences(try sandbox.run(example.script), sandbox)
      return differences.isEmpty
    }
    return differences
  }

  /// Files of the repository that commands of the README name.
  private static let data = ["Tests/SystemTests/Data/nyc_taxi.csv"]

  /// In place of the compiler: what scripts/up builds is there.
  private static let compiler =
    """
    #!/bin/sh
    case "$*" in 'build --package-path '*'/daybook -c release --product daybook') exit 0 ;; esac
    echo "unexpected: swift $*" >&2
    exit 1
    """
}

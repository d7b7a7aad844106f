import Foundation
import TestSupport
import Testing

/// The scripts that compare and that show growth, with very little of everything: whether they work.
@Suite(.serialized) struct BenchScriptTests {
  private func run(_ script: String, _ arguments: [String]) throws -> (run: ProgramRun, report: String) {
    let folder = TemporaryFolder()
    let run = try ProgramRun(RepositoryFile.url("scripts/\(script)").path, arguments + ["--write", folder.path])
    try #require(run.status == 0, "\(run.error)")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    try #require(files.count == 1, "\(files)")
    #expect(files[0].wholeMatch(of: /\d{4}-\d\d-\d\d-(peers|growth)\.md/) != nil, "\(files)")
    return (run, try String(contentsOfFile: "\(folder.path)/\(files[0])", encoding: .utf8))
  }

  @Test func peersAreMeasuredInTurnsAndGiveTheSameAnswers() throws {
    let (run, report) = try run("bench-peers", ["--quick"])
    for name in ["VictoriaMetrics", "InfluxDB", "Daybook"] { #expect(run.error.contains("round 1 of 1: \(name)")) }
    #expect(report.matches(of: /buckets, the same from (VictoriaMetrics|InfluxDB)/).count == 6, "\(report)")
    #expect(!report.contains("DIFFER"), "\(report)")
    // Every row has a figure of each, a ratio and, where there is a goal, what it says to it.
    let rows = report.split(separator: "\n").filter { $0.contains(" ≥ ") || $0.contains(" ≤ ") }
    #expect(rows.count == 10, "\(report)")
    for row in rows {
      let cells = row.split(separator: "|", omittingEmptySubsequences: false).map {
        $0.trimmingCharacters(in: .whitespaces)
      }
      try #require(cells.count == 10, "\(row)")
      #expect(cells[2...5].allSatisfy { $0.contains(/[0-9]/) }, "\(row)")
      #expect(["goal", "must", "MISSED"].contains(cells[8]), "\(row)")
    }
  }

  @Test func growthIsMeasuredInEveryDirection() throws {
    let (_, report) = try run("bench-growth", ["--quick"])
    for heading in ["## Series", "## History", "## Command services on one store"] {
      #expect(report.contains(heading), "\(report)")
    }
    let rows = report.split(separator: "\n").filter { $0.contains("| ") && $0.contains(/\d/) && !$0.contains("load |") }
    #expect(rows.count == 9, "\(report)")
    #expect(rows.allSatisfy { !$0.contains("–") }, "\(report)")
  }

  @Test(arguments: ["bench-peers", "bench-growth"])
  func aMistakeIsExplained(script: String) throws {
    let run = try ProgramRun(RepositoryFile.url("scripts/\(script)").path, ["--fast"])
    #expect(run.status == 2 && run.error.contains("--fast"), "\(run.error)")
  }
}

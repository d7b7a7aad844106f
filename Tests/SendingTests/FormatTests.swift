import Compression
import Runtime
import Sending
import TestSupport
import Testing
import WriteTestSupport

/// NDJSON, line protocol, and files that are no files.
struct FormatTests {
  @Test func badJSONSamplesAreLeftOutAndTheRestIsStored() throws {
    var text = ""
    for number in 0..<3_000 {
      switch number % 10 {
      case 3: text += "{\"name\":\"j\",\"value\":\"x\",\"timestamp\":\(number)}\n"
      case 6: text += "{no json\n"
      case 8: text += "\n"
      default: text += "{\"name\":\"j\",\"value\":\(number),\"timestamp\":\(number)}\r\n"
      }
    }
    let service = try RecordingService { number, _ in number == 1 ? .lost : nil }
    let scene = try SendScene(text, service, .samples(precision: "ms"))
    let report = try scene.send()
    #expect(report.isComplete, "\(report.end)")
    #expect(service.samples.count == 2_100)
    #expect(report.totals.accepted == 2_100)
    #expect(report.totals.records == 2_700)
    #expect(report.totals.rejected == 600)
    #expect(report.totals.reasons["value-not-a-number"]?.lines.prefix(2) == [4, 14])
    #expect(report.totals.reasons["invalid-json"]?.lines.prefix(2) == [7, 17])
    #expect(try scene.rejected().count == 600)
    #expect(service.requests.allSatisfy { $0.target.contains("mode=observe") })
  }

  @Test func badLinesAreNamedWithTheLineOfTheFile() throws {
    let lines = (0..<60_000).map { $0 % 6_000 == 100 ? "bad" : "m,host=h value=\($0) \(1_700_000_000 + $0)" }
    let service = try RecordingService()
    let scene = try SendScene(
      "# a comment\n\n" + lines.joined(separator: "\n"), service, .lines(precision: "s"))
    let report = try scene.send()
    #expect(report.isComplete, "\(report.end)")
    #expect(service.requests.count > 1)
    #expect(service.samples.count == 59_990)
    #expect(report.totals.accepted == 59_990)
    #expect(report.totals.reasons["missing-fields"]?.count == 10)
    #expect(report.totals.reasons["missing-fields"]?.lines == (0..<10).map { $0 * 6_000 + 103 })
  }

  @Test func rejectedLinesThatTheServiceDoesNotNameAreCounted() throws {
    let service = try RecordingService()
    let scene = try SendScene(
      String(repeating: "bad\n", count: 250) + "m value=1 1\n", service, .lines(precision: "ns"))
    let report = try scene.send()
    #expect(report.totals.accepted == 1)
    #expect(report.totals.rejected == 250)
    #expect(report.totals.reasons["not-named"]?.count == 150)
  }

  @Test func gzipOfSeveralMembersIsReadAndDamageStops() throws {
    let parts = ["time,v\n17000", "00000,1\n170000", "0001,2\n"].flatMap { Gzip.compress(Array($0.utf8)) }
    let service = try RecordingService()
    #expect(try SendScene(parts, service, SendScene.csv()).send().isComplete)
    #expect(service.samples.count == 2)
    let cut = #expect(throws: SendError.self) {
      try SendScene(Array(parts.dropLast(5)), service, SendScene.csv()).send()
    }
    #expect(cut?.description.contains("it ends in the middle") == true)
    let damaged = Array(parts.prefix(parts.count - 12)) + [1, 2, 3, 4] + Array(parts.suffix(8))
    #expect(throws: SendError.self) { try SendScene(damaged, service, SendScene.csv()).send() }
    // Damage after a good beginning shows while the run is on.
    let long = Gzip.compress(Array(("time,v\n" + String(repeating: "1700000000,1\n", count: 200_000)).utf8))
    let late = try SendScene(Array(long.dropLast(8)), service, SendScene.csv()).send()
    #expect(late.failure?.contains("it ends in the middle") == true, "\(late.end)")
  }

  @Test func aDryRunChecksEverythingAndSendsNothing() throws {
    let service = try RecordingService()
    for (text, format) in [
      ("time,v\n1700000000,1\n1700000001,x\n", try SendScene.csv()),
      ("{\"name\":\"j\",\"value\":1}\n{\"name\":\"j\",\"value\":\"x\"}\n", SendFormat.samples(precision: "ms")),
      ("m value=1 1\nbad\n", .lines(precision: "ns")),
    ] {
      var scene = try SendScene(text, service, format)
      scene.settings.isDryRun = true
      let report = try scene.send()
      #expect(report.isComplete)
      #expect(report.totals.accepted == 1)
      #expect(report.totals.rejected == 1)
      #expect(!scene.hasState)
    }
    #expect(service.requests.isEmpty)
  }

  @Test func whatCannotBeReadIsSaid() throws {
    let folder = TemporaryFolder()
    let missing = #expect(throws: SendError.self) { try InputSource(folder.path + "/none") }
    #expect(missing?.description.contains("No such file") == true)
    let directory = #expect(throws: SendError.self) { try InputSource(folder.path) }
    #expect(directory?.description.contains("it is a folder") == true)
  }

  @Test func anEmptyLineFileIsDone() throws {
    let service = try RecordingService()
    for format in [SendFormat.lines(precision: "ns"), .samples(precision: "ms")] {
      let report = try SendScene("\n\n", service, format).send()
      #expect(report.isComplete, "\(report.end)")
      #expect(report.totals.accepted == 0)
    }
  }
}

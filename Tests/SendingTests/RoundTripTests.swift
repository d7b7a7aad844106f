import Compression
import Runtime
import Sending
import TestSupport
import Testing
import WriteTestSupport

/// Random files, written as CSV by the plainest means: every sample arrives, once, as it was.
struct RoundTripTests {
  private struct Row {
    let time: Int64
    let value: Double
    let region: String
    let note: String
  }

  private static let pieces = ["a", "B", " ", ",", "=", "\"", "ü", "日", "\\x", "'", ";", "#", "\t"]

  private static func text(_ random: inout SeededRandom) -> String {
    (0..<Int.random(in: 0...6, using: &random)).map { _ in pieces.randomElement(using: &random)! }.joined()
  }

  private static func field(_ text: String, _ random: inout SeededRandom) -> String {
    let needsQuotes = text.contains(",") || text.contains("\"") || text.contains("\n")
    guard needsQuotes || Bool.random(using: &random) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }

  /// Distinct times, because in replace mode the later of two would win.
  private static func rows(_ count: Int, _ random: inout SeededRandom) -> [Row] {
    (0..<count).map { number in
      Row(
        time: 1_500_000_000_000_000_000 + Int64(number) * 1_000_000_007,
        value: Double.random(in: -1e6...1e6, using: &random),
        region: text(&random), note: text(&random) + (Int.random(in: 0..<4, using: &random) == 0 ? "\nmore" : ""))
    }
  }

  @Test(arguments: [(false, false), (true, false), (false, true), (true, true)])
  func everyRowOfARandomFileArrivesOnce(compressedFile: Bool, compressedRequests: Bool) throws {
    var random = SeededRandom()
    let rows = Self.rows(30_000, &random)
    var text = "note,time,region,value\r\n"
    for row in rows {
      let time = RFC3339.text(nanoseconds: row.time)
      text += [row.note, time, row.region, "\(row.value)"].map { Self.field($0, &random) }.joined(separator: ",")
      text += Bool.random(using: &random) ? "\r\n" : "\n"
    }
    // Some answers are lost, some requests are not taken.
    let service = try RecordingService { number, _ in
      number % 5 == 1 ? .lost : number % 7 == 3 ? .answer(503, [("Retry-After", "0")], "busy") : nil
    }
    let bytes = Array(text.utf8)
    let format = try SendScene.csv(values: [("value", "m,x y")], labels: [("host", "h")], labelColumns: ["region"])
    var scene = try SendScene(compressedFile ? Gzip.compress(bytes) : bytes, service, format)
    scene.settings.gzip = compressedRequests
    scene.settings.mode = .observe
    let report = try scene.send()
    #expect(report.isComplete, "\(report.end)")
    let expected = rows.map { row in
      Parsed("m,x y{host=h\(row.region.isEmpty ? "" : ",region=\(row.region)")}", row.time, row.value)
    }
    #expect(service.samples == Parsed.sorted(expected))
    #expect(report.totals.accepted == rows.count)
    #expect(service.requests.count > 4)
    #expect(service.requests.allSatisfy { ($0.encoding == "gzip") == compressedRequests })
    #expect(!scene.hasState)
  }

  @Test func theSameFileIsCutInTheSamePlacesHoweverItIsRead() throws {
    var random = SeededRandom()
    let rows = Self.rows(40_000, &random)
    let text =
      "time,region,value\n"
      + rows.map { "\(RFC3339.text(nanoseconds: $0.time)),\(Self.field($0.note, &random)),1" }.joined(separator: "\n")
    var cuts: [[String]] = []
    for bytes in [Array(text.utf8), Gzip.compress(Array(text.utf8))] {
      let service = try RecordingService()
      let report = try SendScene(bytes, service, SendScene.csv(values: [("value", "m")])).send()
      #expect(report.isComplete)
      cuts.append(service.requests.map { String($0.key.split(separator: "-").last ?? "") }.sorted())
    }
    #expect(cuts[0] == cuts[1])
    #expect(cuts[0].count > 3)
  }
}

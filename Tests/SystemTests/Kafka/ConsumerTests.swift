import Foundation
import HTTPClient
import KafkaTestSupport
import Runtime
import TestSupport
import Testing

/// Another service on the topic: docs/examples/consumer.py, in a group of its own, with what PyPI has.
@Suite(.serialized) struct ConsumerTests {
  /// The Python that scripts/test sets up with docs/examples/requirements.txt.
  static func python() throws -> String {
    guard let path = ProcessInfo.processInfo.environment["DAYBOOK_TEST_PYTHON"], !path.isEmpty else {
      throw SystemTestError("DAYBOOK_TEST_PYTHON is not set: run scripts/test, which sets it up")
    }
    return path
  }

  static var repository: URL {
    var folder = URL(fileURLWithPath: #filePath)
    while !FileManager.default.fileExists(atPath: folder.appendingPathComponent("Package.swift").path),
      folder.path != "/"
    {
      folder.deleteLastPathComponent()
    }
    return folder
  }

  @Test func itsOwnTestsPass() throws {
    let examples = Self.repository.appendingPathComponent("docs/examples").path
    let run = try ProgramRun(
      try Self.python(), ["-B", "-m", "unittest", "discover", "--start-directory", examples])
    #expect(run.status == 0, "\(run.error)")
    #expect(run.error.contains("Ran ") && !run.error.contains("Ran 0 tests"))
  }

  @Test(.enabled(if: RealBroker.isThere)) func itDecodesEverySampleBitByBit() throws {
    let broker = try RealBroker()
    let daybook = try RunningDaybook(settings: ["DAYBOOK_KAFKA": broker.servers])
    defer { daybook.stop() }
    var random = SeededRandom()
    var expected: [String: UInt64] = [:]
    var token = ""
    let client = HTTPClient(daybook.command, timeout: .seconds(60))
    for batch in 0..<40 {
      var body = ""
      for line in 0..<(batch % 3 == 0 ? 1 : 700) {
        let host = "h\(Int.random(in: 0..<30, using: &random))"
        let time =
          1_767_225_600_000_000_000 + Int64(batch * 1_000 + line) * 1_000_000_000
          + Int64.random(in: 0..<999, using: &random)
        // Decimals, whole numbers, and any bits that are a number.
        let value: Double =
          switch Int.random(in: 0..<3, using: &random) {
          case 0: Double(Int.random(in: -99_999...99_999, using: &random)) / 100
          case 1: Double(Int.random(in: -1_000_000...1_000_000, using: &random))
          default: Double.random(in: -1e200...1e200, using: &random)
          }
        body += "py,host=\(host),dc=é value=\(value) \(time)\n"
        expected["\(host) \(time)"] = value.bitPattern
      }
      let answer = try client.send("POST", "/write?db=py", body: Array(body.utf8))
      #expect(answer.status == 204, "\(answer.text)")
      token = try #require(answer.header("daybook-position"))
    }
    // It is on the topic when it has come over it.
    let answer = try HTTPClient(daybook.query, timeout: .seconds(60)).send(
      "GET", "/v1/latest?name=py&after=\(token)&wait=30s")
    #expect(answer.status == 200)
    let script = Self.repository.appendingPathComponent("docs/examples/consumer.py").path
    let run = try ProgramRun(
      try Self.python(),
      [
        "-B", script, "--kafka", broker.servers, "--group", "fraud", "--from-beginning", "--until-end", "--json",
        "--verify",
      ])
    #expect(run.status == 0, "\(run.error)")
    var found = 0
    for line in run.output.split(separator: "\n") {
      guard let sample = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any],
        sample["name"] as? String == "py"
      else { continue }
      found += 1
      let labels = sample["labels"] as? [String: String]
      #expect(labels?["dc"] == "é")
      let time = (sample["time"] as? Int64).map { String($0) } ?? sample["time"] as? String ?? ""
      let bits = (sample["bits"] as? String).flatMap { UInt64($0, radix: 16) }
      #expect(bits != nil && bits == expected["\(labels?["host"] ?? "") \(time)"], "\(line)")
    }
    #expect(found == expected.count)
  }
}

import Events
import Queries
import QueryAPI
import TestSupport
import Testing

@Suite struct JSONWriterTests {
  private func text(_ write: (inout JSONWriter) -> Void) -> String {
    var writer = JSONWriter()
    write(&writer)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  @Test(arguments: [
    (0.0, "0"), (-0.0, "-0.0"), (1, "1"), (-1, "-1"), (0.1, "0.1"), (75.94, "75.94"), (1e15, "1000000000000000.0"),
    (1e22, "1e+22"), (.leastNonzeroMagnitude, "5e-324"), (.infinity, "\"+Inf\""), (-.infinity, "\"-Inf\""),
    (.nan, "null"),
    (999_999_999_999_999, "999999999999999"), (1.7976931348623157e308, "1.7976931348623157e+308"),
  ])
  func numbersAreShortAndExact(_ value: Double, _ expected: String) {
    #expect(text { $0.number(value) } == expected)
  }

  @Test func numbersReadBackAsTheSameBits() {
    var random = SeededRandom()
    for _ in 0..<20_000 {
      let value = Double(bitPattern: random.next())
      guard value.isFinite else { continue }
      #expect(Double(text { $0.number(value) })?.bitPattern == value.bitPattern)
    }
  }

  @Test(arguments: [Int64.min, -1, 0, 9, 10, .max])
  func integersAreWrittenWhole(_ value: Int64) {
    #expect(text { $0.integer(value) } == "\(value)")
  }

  @Test(arguments: [
    (0 as Int64, "0"), (999_999, "0"), (1_000_000, "1"), (-1, "-1"), (-1_000_000, "-1"), (-1_000_001, "-2"),
  ])
  func millisecondsAreRoundedDown(_ nanoseconds: Int64, _ expected: String) {
    #expect(text { $0.time(nanoseconds, .milliseconds) } == expected)
  }

  @Test func absentTimesAndTextsAreNull() {
    #expect(text { $0.time(nil, .nanoseconds) } == "null")
    #expect(text { $0.text(nil) } == "null")
    #expect(text { $0.text("é\"\n") } == "\"é\\\"\\n\"")
  }

  @Test func labelsAreAnObject() {
    let labels = SeriesLabels([SeriesLabel(key: "b", value: "2"), SeriesLabel(key: "a", value: "\"")])
    #expect(text { $0.labels(labels) } == "{\"a\":\"\\\"\",\"b\":\"2\"}")
    #expect(text { $0.labels(.none) } == "{}")
  }

  @Test func anAnswerBeyondItsLimitIsRefused() {
    var writer = JSONWriter(limit: 4)
    writer.raw("abcd")
    #expect(throws: Never.self) { try writer.checkLimit() }
    writer.raw("e")
    #expect(throws: QueryError.self) { try writer.checkLimit() }
  }
}

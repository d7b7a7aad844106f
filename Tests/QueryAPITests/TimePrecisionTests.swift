import Queries
import QueryAPI
import Runtime
import TestSupport
import Testing

@Suite struct TimePrecisionTests {
  private func text(_ time: Int64, _ precision: TimePrecision) -> String {
    var bytes: [UInt8] = []
    precision.append(time, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test(arguments: [
    (1_500_000_001 as Int64, "1500000001", "1500000", "1500", "1", "1970-01-01T00:00:01.500000001Z"),
    (-1, "-1", "-1", "-1", "-1", "1969-12-31T23:59:59.999999999Z"), (0, "0", "0", "0", "0", "1970-01-01T00:00:00Z"),
    (-1_000_000_000, "-1000000000", "-1000000", "-1000", "-1", "1969-12-31T23:59:59Z"),
    (
      .max, "9223372036854775807", "9223372036854775", "9223372036854", "9223372036", "2262-04-11T23:47:16.854775807Z"
    ),
    (
      .min, "-9223372036854775808", "-9223372036854776", "-9223372036855", "-9223372037",
      "1677-09-21T00:12:43.145224192Z"
    ),
  ])
  func timesAreRoundedDownToTheUnit(
    _ time: Int64, _ ns: String, _ us: String, _ ms: String, _ s: String, _ rfc3339: String
  ) {
    #expect(text(time, .nanoseconds) == ns)
    #expect(text(time, .microseconds) == us)
    #expect(text(time, .milliseconds) == ms)
    #expect(text(time, .seconds) == s)
    #expect(text(time, .rfc3339) == rfc3339)
  }

  @Test func rfc3339IsTheTextOfRuntimeAndReadsBack() {
    var random = SeededRandom()
    for _ in 0..<20_000 {
      let shift = Int.random(in: 0..<40, using: &random)
      let time = Int64.random(in: .min...(.max), using: &random) >> Int64(shift)
      let rounded = Bool.random(using: &random) ? time : time / 1_000_000_000 * 1_000_000_000
      let written = text(rounded, .rfc3339)
      #expect(written == RFC3339.text(nanoseconds: rounded))
      #expect(RFC3339.nanoseconds(written.utf8) == rounded)
    }
  }

  @Test func jsonHasNanosecondsAndTextsInQuotes() {
    func json(_ precision: TimePrecision) -> String {
      var writer = JSONWriter()
      writer.time(1_000, precision)
      return String(decoding: writer.bytes, as: UTF8.self)
    }
    #expect(json(.nanoseconds) == "\"1000\"")
    #expect(json(.rfc3339) == "\"1970-01-01T00:00:00.000001Z\"")
    #expect(json(.microseconds) == "1")
    #expect(json(.milliseconds) == "0")
    #expect(json(.seconds) == "0")
  }

  @Test func thePrecisionsAreFiveAndMillisecondsTheDefault() throws {
    #expect(try TimePrecision.parse(nil) == .milliseconds)
    for text in ["ns", "us", "ms", "s", "rfc3339"] { #expect(try TimePrecision.parse(text).rawValue == text) }
    for text in ["", "n", "NS", "minute", "RFC3339"] {
      #expect {
        try TimePrecision.parse(text)
      } throws: { error in
        guard case .invalid(.invalidParameter, let detail) = error as? QueryError else { return false }
        return detail.contains("ns, us, ms, s, rfc3339") && detail.contains("precision=\"\(text)\"")
      }
    }
  }
}

import Glibc
import Runtime
import Testing

@Suite struct LoggerTests {
  /// What a logger wrote to a pipe, with the time cut out.
  private func written(_ format: Logger.Format, level: LogLevel = .info, _ body: (Logger) -> Void) -> String {
    var ends: [Int32] = [0, 0]
    pipe(&ends)
    defer { close(ends[0]) }
    body(Logger(program: "test", level: level, format: format, descriptor: ends[1]))
    close(ends[1])
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = read(ends[0], &buffer, buffer.count)
    return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
  }

  @Test func logfmtQuotesWhatWouldEndAValue() {
    let text = written(.logfmt) {
      $0.info("listening", ["port": "8080", "path": "a b", "odd": "x=\"y\"\n", "empty": ""])
    }
    #expect(text.hasPrefix("time=2"))
    #expect(
      text.hasSuffix(
        "Z level=info program=test message=listening port=8080 path=\"a b\" odd=\"x=\\\"y\\\"\\n\" empty=\"\"\n"))
  }

  @Test func jsonLinesAreJSON() {
    let text = written(.json) { $0.warning("a \"b\"\u{1}", ["k": "v\\"]) }
    #expect(text.hasPrefix("{\"time\":\"2"))
    #expect(
      text.hasSuffix(
        "Z\",\"level\":\"warning\",\"program\":\"test\",\"message\":\"a \\\"b\\\"\\u0001\",\"k\":\"v\\\\\"}\n"))
  }

  @Test func linesBelowTheLevelAreNotEvenMade() {
    var isMade = false
    func message() -> String {
      isMade = true
      return "x"
    }
    #expect(written(.logfmt, level: .warning) { $0.info(message()) } == "")
    #expect(!isMade)
    #expect(written(.logfmt, level: .warning) { $0.error(message()) }.contains("level=error"))
  }

  @Test func writtenLinesAreCountedByLevel() {
    let before = LogTally.lines(.error)
    _ = written(.logfmt, level: .error) {
      $0.error("counted")
      $0.error("counted")
      $0.warning("below the level")
    }
    #expect(LogTally.lines(.error) >= before + 2)
    let warnings = LogTally.lines(.warning)
    _ = written(.logfmt, level: .error) { $0.warning("below the level") }
    #expect(LogTally.lines(.warning) == warnings)
  }

  @Test(arguments: [
    (Duration.zero, "0s"), (.seconds(30), "30s"), (.milliseconds(100), "0.1s"), (.microseconds(36), "0.000036s"),
    (.nanoseconds(1_500_000_400), "1.5s"), (.nanoseconds(999_999_600), "1s"), (.milliseconds(-1_250), "-1.25s"),
    (.nanoseconds(-100), "0s"),
  ])
  func durationsAreSecondsWithoutAnExponent(duration: Duration, text: String) {
    #expect(LogText.seconds(duration) == text)
  }

  @Test func levelsAreOrderedAndNamed() {
    #expect(LogLevel.allCases == LogLevel.allCases.sorted())
    for level in LogLevel.allCases { #expect(LogLevel(name: level.name) == level) }
    #expect(LogLevel(name: "loud") == nil)
  }
}

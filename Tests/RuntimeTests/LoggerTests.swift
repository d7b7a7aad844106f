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

  @Test func levelsAreOrderedAndNamed() {
    #expect(LogLevel.allCases == LogLevel.allCases.sorted())
    for level in LogLevel.allCases { #expect(LogLevel(name: level.name) == level) }
    #expect(LogLevel(name: "loud") == nil)
  }
}

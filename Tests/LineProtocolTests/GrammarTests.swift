import Commands
import LineProtocol
import Testing
import WriteTestSupport

@Suite struct GrammarTests {
  static let good: [(String, [Parsed])] = [
    ("m f=1 5", [Parsed("m_f", 5, 1)]),
    ("m value=1.5 5", [Parsed("m", 5, 1.5)]),
    ("m,a=b f=1,g=2i,h=3u 5", [Parsed("m_f{a=b}", 5, 1), Parsed("m_g{a=b}", 5, 2), Parsed("m_h{a=b}", 5, 3)]),
    ("m,b=2,a=1 f=1 5", [Parsed("m_f{a=1,b=2}", 5, 1)]),
    ("m f=t,g=T,h=true,i=True,j=TRUE 1", "fghij".map { Parsed("m_\($0)", 1, 1) }),
    ("m f=f,g=F,h=false,i=False,j=FALSE 1", "fghij".map { Parsed("m_\($0)", 1, 0) }),
    (
      "m f=-1.5e-3,g=.5,h=5.,i=1E+2 1",
      [Parsed("m_f", 1, -0.0015), Parsed("m_g", 1, 0.5), Parsed("m_h", 1, 5), Parsed("m_i", 1, 100)]
    ),
    (
      "m f=-9223372036854775808i,g=18446744073709551615u 1",
      [Parsed("m_f", 1, -9_223_372_036_854_775_808), Parsed("m_g", 1, 18_446_744_073_709_551_616)]
    ),
    ("m f=1", [Parsed("m_f", 77, 1)]),
    ("m f=1 ", [Parsed("m_f", 77, 1)]),
    ("m   f=1   -5   ", [Parsed("m_f", -5, 1)]),
    ("  \tm f=1 5", [Parsed("m_f", 5, 1)]),
    ("m f=1 5\r\nm f=2 6\r\n", [Parsed("m_f", 5, 1), Parsed("m_f", 6, 2)]),
    ("\n\n# m f=1 5\n  # x\nm f=1 5\n\n", [Parsed("m_f", 5, 1)]),
    ("", []),
    ("\r\n", []),
    (#"my\ me\,a,k\,e\=y\ 1=v\,a\=l\ ue f\,i\=e\ ld=1 5"#, [Parsed("my me,a_f,i=e ld{k,e=y 1=v,a=l ue}", 5, 1)]),
    (#"m\=x,a=C:\dir\ x f\n=1 5"#, [Parsed(#"m\=x_f\n{a=C:\dir x}"#, 5, 1)]),
    (#"m,a=b\\,c f=1 5"#, [Parsed(#"m_f{a=b\,c}"#, 5, 1)]),
    (#"m s="text, with = and \" and \\",f=1 5"#, [Parsed("m_f", 5, 1)]),
    (#"m s="only text" 5"#, []),
    ("größe,straße=süd ä=1 5", [Parsed("größe_ä{straße=süd}", 5, 1)]),
    ("m f=1,f=2 5", [Parsed("m_f", 5, 1), Parsed("m_f", 5, 2)]),
    ("value value=3 5", [Parsed("value", 5, 3)]),
    (#"m "q"=1 5"#, [Parsed(#"m_"q""#, 5, 1)]),
    ("m f=-0 5", [Parsed("m_f", 5, 0)]),
    ("m f=1 -9214560000000000000", [Parsed("m_f", -9_214_560_000_000_000_000, 1)]),
    ("m f=1 9223286399999999999", [Parsed("m_f", 9_223_286_399_999_999_999, 1)]),
  ]

  @Test(arguments: good)
  func linesOfTheGrammarAreRead(_ body: String, _ expected: [Parsed]) throws {
    let outcome = try parse(body)
    #expect(outcome.rejected == [])
    #expect(
      Parsed.all(outcome.batch) == expected.sorted { ($0.series, $0.time, $0.value) < ($1.series, $1.time, $1.value) })
    #expect(outcome.accepted == expected.count)
  }

  static let bad: [(String, String)] = [
    ("m", "missing-fields"),
    ("m,a=b", "missing-fields"),
    ("m ", "missing-fields"),
    ("m,a=b   ", "missing-fields"),
    (",a=b f=1 5", "missing-measurement"),
    ("m,a= f=1 5", "missing-tag-value"),
    ("m,a=,b=1 f=1 5", "missing-tag-value"),
    ("m,a f=1 5", "missing-tag-value"),
    ("m,a,b=1 f=1 5", "missing-tag-value"),
    ("m,=b f=1 5", "missing-tag-key"),
    ("m, f=1 5", "missing-tag-key"),
    ("m,,a=b f=1 5", "missing-tag-key"),
    ("m,a=b,a=c f=1 5", "duplicate-tags"),
    ("m,a=b=c f=1 5", "invalid-tag-format"),
    (#"m,a=b\\,c=d f=1 5"#, "invalid-tag-format"),
    ("m,time=1 f=1 5", "time-tag"),
    ("m time=1 5", "time-field"),
    ("m =1 5", "missing-field-key"),
    ("m f 5", "missing-field-value"),
    ("m f= 5", "missing-field-value"),
    ("m f=", "missing-field-value"),
    ("m f=,g=1 5", "missing-field-value"),
    ("m f=1, 5", "missing-field-key"),
    ("m f=1,,g=2 5", "missing-field-key"),
    ("m f=1,", "missing-field-key"),
    ("m f=NaN 5", "invalid-number"),
    ("m f=nan 5", "invalid-number"),
    ("m f=Inf 5", "invalid-number"),
    ("m f=-Inf 5", "invalid-number"),
    ("m f=+Inf 5", "invalid-number"),
    ("m f=+1 5", "invalid-number"),
    ("m f=1e999 5", "number-out-of-range"),
    ("m f=-1e400 5", "number-out-of-range"),
    ("m f=1e 5", "invalid-number"),
    ("m f=1e+ 5", "invalid-number"),
    ("m f=. 5", "invalid-number"),
    ("m f=- 5", "invalid-number"),
    ("m f=--1 5", "invalid-number"),
    ("m f=0x10 5", "invalid-number"),
    ("m f=1.2.3 5", "invalid-number"),
    ("m f=1,5 5", "missing-field-value"),
    ("m f=1.0i 5", "invalid-number"),
    ("m f=1ii 5", "invalid-number"),
    ("m f=9223372036854775808i 5", "integer-out-of-range"),
    ("m f=-9223372036854775809i 5", "integer-out-of-range"),
    ("m f=18446744073709551616u 5", "integer-out-of-range"),
    ("m f=-1u 5", "integer-out-of-range"),
    ("m f=tRUE 5", "invalid-boolean"),
    ("m f=truee 5", "invalid-boolean"),
    ("m f=abc 5", "invalid-number"),
    (#"m f="abc 5"#, "unbalanced-quotes"),
    (#"m f="abc\" 5"#, "unbalanced-quotes"),
    (#"m f="a"b 5"#, "invalid-number"),
    ("m f=1 abc", "bad-timestamp"),
    ("m f=1 5a", "bad-timestamp"),
    ("m f=1 -", "bad-timestamp"),
    ("m f=1 1.5", "bad-timestamp"),
    ("m f=1 1e3", "bad-timestamp"),
    ("m f=1 5 6", "trailing-text"),
    ("m f=1 9223372036854775807", "time-out-of-range"),
    ("m f=1 -9223372036854775808", "time-out-of-range"),
    ("m f=1 9223372036854775808", "time-out-of-range"),
    ("m f=1 99999999999999999999999", "time-out-of-range"),
    ("m f=1 9223286400000000000", "time-out-of-range"),
    ("m f=1 -9214560000000000001", "time-out-of-range"),
    ("m\u{1}x f=1 5", "name-control-character"),
    ("m,a\u{1}=b f=1 5", "label-name-control-character"),
    ("m,a=b\u{0} f=1 5", "label-value-nul"),
    ("\(String(repeating: "m", count: 254)) f=1 5", "name-too-long"),
    ("m,a=\(String(repeating: "m", count: 1_025)) f=1 5", "label-value-too-long"),
    ("m\((0..<65).map { ",a\($0)=b" }.joined()) f=1 5", "too-many-labels"),
    ("m f=\(String(repeating: "1", count: 1_025)) 5", "invalid-number"),
  ]

  @Test(arguments: bad)
  func aBadLineIsRefusedWithItsReasonAndTheGoodOnesAreKept(_ line: String, _ reason: String) throws {
    let outcome = try parse("a f=1 1\n\(line)\nb f=2 2\n")
    #expect(outcome.rejected.map(\.reason) == [reason])
    #expect(outcome.rejected.map(\.line) == [2])
    #expect(outcome.rejectedByReason == [reason: 1])
    #expect(outcome.rejectedLines == 1)
    #expect(outcome.lines == 3)
    #expect(Parsed.all(outcome.batch) == [Parsed("a_f", 1, 1), Parsed("b_f", 2, 2)])
    #expect(outcome.batch.newSeries.count == 2)
    // Without a newline at the end, and alone.
    #expect(try parse(line).rejected.map(\.reason) == [reason])
  }

  @Test(arguments: [
    (LinePrecision.nanoseconds, Int64(1)), (.microseconds, 1_000), (.milliseconds, 1_000_000),
    (.seconds, 1_000_000_000), (.minutes, 60_000_000_000), (.hours, 3_600_000_000_000),
  ])
  func timestampsCountInTheirPrecision(_ precision: LinePrecision, _ unit: Int64) throws {
    #expect(Parsed.all(try parse("m f=1 7", precision: precision).batch) == [Parsed("m_f", 7 * unit, 1)])
    #expect(Parsed.all(try parse("m f=1", precision: precision).batch) == [Parsed("m_f", 77, 1)])
    let tooLate = try parse("m f=1 \(Int64.max / unit)", precision: precision)
    #expect(tooLate.rejected.map(\.reason) == ["time-out-of-range"])
  }

  @Test func precisionsHaveTheNamesOfBothVersions() {
    #expect(LinePrecision(version1: "n") == .nanoseconds)
    #expect(LinePrecision(version1: "u") == .microseconds)
    #expect(LinePrecision(version1: "h") == .hours)
    #expect(LinePrecision(version2: "us") == .microseconds)
    #expect(LinePrecision(version2: "m") == nil)
    #expect(LinePrecision(version2: "n") == nil)
    #expect(LinePrecision(version1: "") == nil)
  }

  @Test func aTimeFieldIsLeftOutAndTheOthersAreStored() throws {
    let outcome = try parse("m f=1,time=3,g=2 5\nm f=2 6")
    #expect(outcome.rejected.map(\.reason) == ["time-field"])
    #expect(outcome.rejectedLines == 1)
    #expect(Parsed.all(outcome.batch) == [Parsed("m_f", 5, 1), Parsed("m_f", 6, 2), Parsed("m_g", 5, 2)])
  }

  @Test func textsAndRoundedIntegersAreCountedOnGoodLinesOnly() throws {
    let outcome = try parse(
      "m s=\"x\",f=9007199254740993i,g=9007199254740992i 5\nm s=\"x\",f=9007199254740993i,g=oops 5\n")
    #expect(outcome.skippedTexts == 1)
    #expect(outcome.roundedIntegers == 1)
    #expect(Parsed.all(outcome.batch).map(\.value) == [9_007_199_254_740_992, 9_007_199_254_740_992])
  }

  @Test func theListOfRefusalsIsBoundedAndItsCountIsExact() throws {
    let body = (0..<5_000).map { "m f=oops \($0)" }.joined(separator: "\n") + "\nm f=1 5"
    let outcome = try parse(body)
    #expect(outcome.rejected.count == RejectedSample.keptLimit)
    #expect(outcome.rejectedLines == 5_000)
    #expect(outcome.rejectedByReason == ["invalid-number": 5_000])
    #expect(outcome.rejected.last?.line == 100)
    #expect(outcome.accepted == 1)
  }

  @Test func anExcerptIsCutAtACharacter() throws {
    let outcome = try parse("m f=" + String(repeating: "ü", count: 200))
    let detail = try #require(outcome.rejected.first?.detail)
    #expect(detail.hasPrefix("unable to parse 'm f=üü"))
    #expect(detail.contains("ü…': invalid number"))
    #expect(!detail.contains("\u{FFFD}"))
    #expect(detail.utf8.count < 200)
  }

  @Test func aNewlineEndsALineWithinQuotesToo() throws {
    let outcome = try parse("m s=\"a\nb\",f=1 5\nm f=1 5")
    #expect(outcome.rejected.map(\.reason) == ["unbalanced-quotes", "missing-field-value"])
    #expect(outcome.accepted == 1)
  }

  @Test func aLineThatIsRefusedRegistersNoSeries() throws {
    let long = String(repeating: "g", count: 300)
    let outcome = try parse("m f=1,\(long)=2 5")
    #expect(outcome.rejected.map(\.reason) == ["name-too-long"])
    #expect(outcome.batch.newSeries.isEmpty)
    #expect(outcome.batch.count == 0)
  }
}

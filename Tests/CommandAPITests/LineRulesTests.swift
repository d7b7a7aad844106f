import Events
import JSON
import Postgres
import Runtime
import TestSupport
import Testing
import WriteTestSupport

/// Every rule of a line, over HTTP and on both paths: the last that is accepted and the first that is refused.
@Suite struct LineRulesTests {
  private static let longestName = String(repeating: "𝄞", count: 255)

  private static func tags(_ count: Int) -> String { (0..<count).map { ",l\($0)=v" }.joined() }

  @Test func whatLiesOnALimitIsStored() throws {
    let service = try RunningService()
    let lines = [
      "\(Self.longestName) value=1 1",
      "\(String(repeating: "m", count: 127))_ \(String(repeating: "f", count: 126))=1 1",
      "a\(Self.tags(64)) value=1 1", "b,\(Self.longestName)=x value=1 1",
      "c,k=\(String(repeating: "é", count: 512)) value=1 1", "f value=1 -9214560000000000000",
      "f value=1 9223286399999999999", "g value=1.7976931348623157e308 1", "g value=5e-324 2", "g value=-0 3",
      "g value=-9223372036854775808i 4", "g value=18446744073709551615u 5",
    ]
    let answer = try service.post("/write", lines.joined(separator: "\n"))
    #expect(answer.status == 204, "\(answer.text)")
    #expect(answer.header("daybook-accepted") == String(lines.count))
    let stored = try service.stored()
    #expect(stored.count == lines.count)
    #expect(stored.contains { $0.series == Self.longestName })
    #expect(stored.filter { $0.series == "f" }.map(\.time) == [-9_214_560_000_000_000_000, 9_223_286_399_999_999_999])
    #expect(
      stored.filter { $0.series == "g" }.map(\.value.bitPattern)
        == [
          Double.greatestFiniteMagnitude, .leastNonzeroMagnitude, -0.0, -9_223_372_036_854_775_808,
          18_446_744_073_709_551_616,
        ].map(
          \.bitPattern))
    #expect(service.registry.exposition().contains("daybook_integers_rounded_total 1\n"))
  }

  private static let bad: [(line: [UInt8], code: String)] =
    [
      ("\(longestName)x value=1", "name-too-long"), ("\(longestName) f=1", "name-too-long"),
      ("a\u{1}b value=1", "name-control-character"), ("a\u{85}b value=1", "name-control-character"),
      ("m\(tags(65)) value=1", "too-many-labels"), ("m,a=1,b=2,a=3 value=1", "duplicate-tags"),
      ("m,\(longestName)x=1 value=1", "label-name-too-long"), ("m,a\u{7f}=1 value=1", "label-name-control-character"),
      ("m,a=\(String(repeating: "v", count: 1_025)) value=1", "label-value-too-long"),
      ("m,a=x\u{0}y value=1", "label-value-nul"), ("m,a= value=1", "missing-tag-value"),
      ("m,=x value=1", "missing-tag-key"), ("m,a value=1", "missing-tag-value"),
      ("m,a=b=c value=1", "invalid-tag-format"), ("m,time=1 value=1", "time-tag"),
      (",a=b value=1", "missing-measurement"), ("m", "missing-fields"), ("m value=", "missing-field-value"),
      ("m =1", "missing-field-key"), ("m value", "missing-field-value"), ("m value=NaN", "invalid-number"),
      ("m value=nan", "invalid-number"), ("m value=Inf", "invalid-number"), ("m value=+Inf", "invalid-number"),
      ("m value=-Inf", "invalid-number"), ("m value=infinity", "invalid-number"), ("m value=0x10", "invalid-number"),
      ("m value=1e309", "number-out-of-range"), ("m value=9223372036854775808i", "integer-out-of-range"),
      ("m value=18446744073709551616u", "integer-out-of-range"), ("m value=tru", "invalid-boolean"),
      ("m value=\"open", "unbalanced-quotes"), ("m value=1 noon", "bad-timestamp"),
      ("m value=1 1.5", "bad-timestamp"), ("m value=1 9223286400000000000", "time-out-of-range"),
      ("m value=1 -9214560000000000001", "time-out-of-range"),
      ("m value=1 99999999999999999999", "time-out-of-range"), ("m value=1 1 1", "trailing-text"),
    ].map { (Array($0.0.utf8), $0.1) } + [
      (Array("m".utf8) + [0xFF] + Array(" value=1".utf8), "name-not-utf8"),
      (Array("m,a".utf8) + [0xC3] + Array("=1 value=1".utf8), "label-name-not-utf8"),
      (Array("m,a=".utf8) + [0xED, 0xA0, 0x80] + Array(" value=1".utf8), "label-value-not-utf8"),
    ]

  @Test func whatBreaksARuleIsNamedAndItsNeighboursAreStored() throws {
    let service = try RunningService()
    for (number, (line, code)) in Self.bad.enumerated() {
      let path = number % 2 == 0 ? "/write" : "/api/v2/write"
      let text = String(decoding: line.prefix(60), as: UTF8.self)
      let around = ["before value=1 \(number)\n", "\nafter value=1 \(number)\n"].map { Array($0.utf8) }
      let answer = try service.post(path, around[0] + line + around[1])
      #expect(answer.status == 400, "\(text)")
      #expect(answer.header("daybook-accepted") == "2", "\(text)")
      #expect(try JSONDocument.parse(bytes: answer.body).errors("line", "code") == ["2 \(code)"], "\(text)")
      let counter = "daybook_samples_rejected_total{protocol=\"line\",reason=\"\(code)\"}"
      #expect(service.registry.exposition().contains(counter), "\(code)")
    }
    let stored = try service.stored()
    #expect(Set(stored.map(\.series)) == ["before", "after"])
    #expect(stored.count == 2 * Self.bad.count)
    let kept = try service.query("SELECT count(*) FROM daybook_events.rejected WHERE line = 2").int64(0, 0)
    #expect(Int(kept) == Self.bad.count)
  }

  @Test func moreThanAHundredRefusalsAreCountedAndAHundredNamed() throws {
    let service = try RunningService()
    let body = String(repeating: "m value=x 1\n", count: 1_000) + "m value=1 1\n"
    let answer = try service.post("/write", body)
    #expect(answer.status == 400)
    #expect(answer.text.contains("and 995 more dropped=1000"))
    #expect(answer.text.split(separator: #""line":"#).count == 101)
    #expect(try service.query("SELECT count(*) FROM daybook_events.rejected").int64(0, 0) == 100)
    #expect(
      service.registry.exposition().contains(
        "daybook_samples_rejected_total{protocol=\"line\",reason=\"invalid-number\"} 1000\n"))
    #expect(try service.stored().count == 1)
  }
}

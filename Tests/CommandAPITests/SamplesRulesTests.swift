import Events
import JSON
import Postgres
import Runtime
import TestSupport
import Testing
import WriteTestSupport

/// Every rule of a sample in JSON, over HTTP: the last that is accepted and the first that is refused.
@Suite struct SamplesRulesTests {
  private static let longestName = String(repeating: "𝄞", count: 255)

  private static func labels(_ count: Int) -> String {
    "{" + (0..<count).map { "\"l\($0)\":\"v\"" }.joined(separator: ",") + "}"
  }

  @Test func whatLiesOnALimitIsStored() throws {
    let service = try RunningService()
    let bodies = [
      #"{"name":"\#(Self.longestName)","value":1,"timestamp":1}"#,
      #"{"name":"a","value":1,"timestamp":1,"labels":\#(Self.labels(64))}"#,
      #"{"name":"b","value":1,"timestamp":1,"labels":{"\#(Self.longestName)":"x"}}"#,
      #"{"name":"c","value":1,"timestamp":1,"labels":{"k":"\#(String(repeating: "é", count: 512))"}}"#,
      #"{"name":"d","value":1,"timestamp":1,"labels":{"k":""}}"#,
      #"{"name":"e","value":1,"timestamp":1,"labels":{"k":"a\nb\u0001"}}"#,
      #"{"name":"f","value":1,"timestamp":"1678-01-01T00:00:00Z"}"#,
      #"{"name":"f","value":1,"timestamp":"2262-04-10T23:59:59.999999999Z"}"#,
      #"{"name":"g","value":1.7976931348623157e308,"timestamp":1}"#, #"{"name":"g","value":5e-324,"timestamp":2}"#,
      #"{"name":"g","value":-0.0,"timestamp":3}"#, #"{"name":"g","value":9007199254740993,"timestamp":4}"#,
    ]
    for body in bodies { #expect(try service.json(body).status == 201, "\(body.prefix(100))") }
    let stored = try service.stored()
    #expect(stored.count == bodies.count)
    #expect(stored.contains { $0.series == Self.longestName })
    #expect(stored.contains { $0.series == "d" }, "an empty label is no label")
    #expect(stored.contains { $0.series == "e{k=a\nb\u{1}}" })
    #expect(
      stored.filter { $0.series == "f" }.map(\.time) == [-9_214_560_000_000_000_000, 9_223_286_399_999_999_999])
    #expect(
      stored.filter { $0.series == "g" }.map(\.value.bitPattern)
        == [Double.greatestFiniteMagnitude, .leastNonzeroMagnitude, -0.0, 9_007_199_254_740_992].map(\.bitPattern))
    #expect(service.registry.exposition().contains("daybook_integers_rounded_total 1\n"))
  }

  @Test func whatBreaksARuleIsNamedAndNothingIsStored() throws {
    let service = try RunningService()
    let tooLong = String(repeating: "n", count: 256)
    let bad: [(sample: String, code: String)] = [
      (#"{"name":"","value":1}"#, "name-empty"), (#"{"name":"\#(tooLong)","value":1}"#, "name-too-long"),
      (#"{"name":"\#(Self.longestName)x","value":1}"#, "name-too-long"),
      (#"{"name":"a\nb","value":1}"#, "name-control-character"),
      (#"{"name":"a\u0000","value":1}"#, "name-control-character"),
      (#"{"name":"a\u0085","value":1}"#, "name-control-character"), (#"{"name":7,"value":1}"#, "name-not-text"),
      (#"{"value":1}"#, "name-missing"), (#"{"name":"m","value":1,"labels":\#(Self.labels(65))}"#, "too-many-labels"),
      (#"{"name":"m","value":1,"labels":{"a":"1","b":"2","a":"3"}}"#, "label-duplicate"),
      (#"{"name":"m","value":1,"labels":{"":"1"}}"#, "label-name-empty"),
      (#"{"name":"m","value":1,"labels":{"\#(tooLong)":"1"}}"#, "label-name-too-long"),
      (#"{"name":"m","value":1,"labels":{"a\t":"1"}}"#, "label-name-control-character"),
      (#"{"name":"m","value":1,"labels":{"a":"\#(String(repeating: "v", count: 1_025))"}}"#, "label-value-too-long"),
      (#"{"name":"m","value":1,"labels":{"a":"\u0000"}}"#, "label-value-nul"),
      (#"{"name":"m","value":1,"labels":{"a":1}}"#, "label-not-text"),
      (#"{"name":"m","value":1,"labels":["a"]}"#, "labels-not-an-object"), (#"{"name":"m"}"#, "value-missing"),
      (#"{"name":"m","value":null}"#, "value-not-a-number"), (#"{"name":"m","value":true}"#, "value-not-a-number"),
      (#"{"name":"m","value":"NaN"}"#, "value-not-a-number"), (#"{"name":"m","value":"+Inf"}"#, "value-not-a-number"),
      (#"{"name":"m","value":-1e309}"#, "value-out-of-range"),
      (#"{"name":"m","value":1,"timestamp":"2026-02-29T12:00:00Z"}"#, "timestamp-not-a-time"),
      (#"{"name":"m","value":1,"timestamp":"1677-12-31T23:59:59.999999999Z"}"#, "timestamp-out-of-range"),
      (#"{"name":"m","value":1,"timestamp":"2262-04-11T00:00:00Z"}"#, "timestamp-out-of-range"),
      (#"{"name":"m","value":1,"timestamp":9223286400000}"#, "timestamp-out-of-range"),
      (#"{"name":"m","value":1,"timestamp":99999999999999999999}"#, "timestamp-out-of-range"),
      (#"{"name":"m","value":1,"unit":"s"}"#, "unknown-member"),
      (#"{"name":"m","value":1,"value":2}"#, "duplicate-member"), ("7", "not-an-object"), ("[]", "not-an-object"),
    ]
    for (sample, code) in bad {
      let answer = try service.json(#"[{"name":"good","value":1},\#(sample)]"#)
      #expect(answer.status == 422, "\(sample.prefix(100))")
      let problem = try JSONDocument.parse(bytes: answer.body)
      #expect(problem["code"] == "bad-samples" && problem["accepted"] == "0" && problem["rejected"] == "1")
      #expect(problem.errors("index", "code") == ["1 \(code)"], "\(sample.prefix(100))")
      let counter = "daybook_samples_rejected_total{protocol=\"json\",reason=\"\(code)\"}"
      #expect(service.registry.exposition().contains(counter), "\(code)")
    }
    #expect(try service.stored() == [])
  }

  @Test func whatIsNoJSONIsRefusedWithItsPlace() throws {
    let service = try RunningService()
    let texts = [
      #"{"name":"m","value":NaN}"#, #"{"name":"m","value":Infinity}"#, #"{"name":"m","value":-Inf}"#,
      #"{"name":"m","value":01}"#, #"{"name":"m","value":1}{"name":"m","value":1}"#, #"{"name":"\ud800","value":1}"#,
      #"{"name":"m","value":1}"# + "\u{0}", String(repeating: "[", count: 100_000),
    ]
    let notUTF8 = [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80]].map { (bytes: [UInt8]) in
      Array(#"{"name":"m","value":1,"labels":{"a":""#.utf8) + bytes + Array(#""}}"#.utf8)
    }
    let bad = texts.map { Array($0.utf8) } + notUTF8
    for body in bad {
      let answer = try service.post("/v1/samples", body, ["Content-Type": "application/json"])
      #expect(answer.status == 400, "\(String(decoding: body.prefix(80), as: UTF8.self))")
      #expect(try JSONDocument.parse(bytes: answer.body)["code"] == "invalid-json")
    }
    let second = try service.post(
      "/v1/samples", "{\"name\":\"m\",\"value\":1}\n{\"name\":\"m\",", ["Content-Type": "application/x-ndjson"])
    #expect(second.status == 400)
    #expect(second.text.contains(#""errors":[{"index":1,"code":"invalid-json","detail":"line 2: "#))
    #expect(try service.stored() == [])
  }

  @Test func everyUnitOfATimestampIsExact() throws {
    let service = try RunningService()
    for (precision, timestamp) in [("ns", "1700000000123456789"), ("us", "1700000000123456"), ("s", "1700000000")] {
      let body = #"{"name":"\#(precision)","value":1,"timestamp":\#(timestamp)}"#
      #expect(try service.json(body, "?precision=\(precision)").status == 201)
    }
    #expect(try service.json(#"{"name":"ms","value":1,"timestamp":1700000000123.456}"#).status == 201)
    let text = #"{"name":"text","value":1,"timestamp":"2023-11-14T23:13:20.123456789+01:00"}"#
    #expect(try service.json(text).status == 201)
    let times = Dictionary(uniqueKeysWithValues: try service.stored().map { ($0.series, $0.time) })
    #expect(
      times == [
        "ns": 1_700_000_000_123_456_789, "us": 1_700_000_000_123_456_000, "s": 1_700_000_000_000_000_000,
        "ms": 1_700_000_000_123_456_000, "text": 1_700_000_000_123_456_789,
      ])
  }

  @Test func withoutATimestampTheServersClockCounts() throws {
    let service = try RunningService()
    let before = WallClock.now
    #expect(try service.json(#"[{"name":"a","value":1},{"name":"b","value":1}]"#).status == 201)
    #expect(try service.post("/write", "c value=1\n").status == 204)
    let times = try service.stored().map(\.time)
    #expect(times.count == 3 && times.allSatisfy { (before...WallClock.now).contains($0) })
    #expect(times[0] == times[1], "one command, one time")
  }
}

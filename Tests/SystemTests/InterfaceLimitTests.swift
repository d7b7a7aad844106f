import Compression
import HTTPClient
import Runtime
import Testing

/// Every limit of the HTTP interface takes its last value and refuses the next one, over the whole way: real services, and
/// what was taken is read back.
@Suite(.serialized) struct InterfaceLimitTests {
  private static let json = [("Content-Type", "application/json")]

  /// A text of that many characters, each of two bytes.
  private static func long(_ count: Int) -> String { String(repeating: "é", count: count) }

  private static func labels(_ count: Int) -> String {
    "{" + (0..<count).map { "\"k\($0)\":\"v\"" }.joined(separator: ",") + "}"
  }

  @Test func everyLimitOfAWriteTakesItsLastValueAndRefusesTheNext() throws {
    let daybook = try RunningDaybook()
    defer { daybook.stop() }
    try samples(daybook)
    try lines(daybook)
    try bodies(daybook)
    try serverTimes(daybook)
  }

  private func samples(_ daybook: RunningDaybook) throws {
    let client = HTTPClient(daybook.command)
    let samples: [(good: String, bad: String, code: String)] = [
      (#""name":"\#(Self.long(255))","value":1"#, #""name":"\#(Self.long(256))","value":1"#, "name-too-long"),
      (
        #""name":"a","value":1,"labels":{"\#(Self.long(255))":"v"}"#,
        #""name":"a","value":1,"labels":{"\#(Self.long(256))":"v"}"#, "label-name-too-long"
      ),
      (
        #""name":"b","value":1,"labels":{"k":"\#(Self.long(512))"}"#,
        #""name":"b","value":1,"labels":{"k":"\#(Self.long(512))v"}"#, "label-value-too-long"
      ),
      (
        #""name":"c","value":1,"labels":\#(Self.labels(64))"#, #""name":"c","value":1,"labels":\#(Self.labels(65))"#,
        "too-many-labels"
      ),
      (
        #""name":"d","value":1.7976931348623157e308"#, #""name":"d","value":1.7976931348623159e308"#,
        "value-out-of-range"
      ),
      (
        #""name":"e","value":1,"timestamp":"1678-01-01T00:00:00Z""#,
        #""name":"e","value":1,"timestamp":"1677-12-31T23:59:59.999999999Z""#, "timestamp-out-of-range"
      ),
      (
        #""name":"f","value":1,"timestamp":"2262-04-10T23:59:59.999999999Z""#,
        #""name":"f","value":1,"timestamp":"2262-04-11T00:00:00Z""#, "timestamp-out-of-range"
      ),
      (#""name":" ~\u00a0 ","value":-0.0"#, #""name":"a\u007fb","value":1"#, "name-control-character"),
    ]
    var position = ""
    for (good, bad, code) in samples {
      let taken = try client.send("POST", "/v1/samples", headers: Self.json, body: Array("{\(good)}".utf8))
      #expect(taken.status == 201, "\(good.prefix(60)): \(taken.text)")
      position = taken.header("daybook-position") ?? position
      let refused = try client.send("POST", "/v1/samples", headers: Self.json, body: Array("{\(bad)}".utf8))
      #expect(refused.status == 422, "\(bad.prefix(60))")
      #expect(refused.text.contains(#""index":0,"code":"\#(code)""#), "\(refused.text)")
    }
    let reader = HTTPClient(daybook.query)
    let metrics = try reader.send("GET", "/v1/metrics?after=\(position)&wait=20s")
    for name in [Self.long(255), "a", "b", "c", "d", "e", "f"] {
      #expect(metrics.text.contains(#"{"name":"\#(name)","#), "\(name.prefix(9)) is not in \(metrics.text)")
    }
    #expect(try reader.send("GET", "/v1/latest?name=d").text.contains(#""value":1.7976931348623157e+308"#))
    let ends = try reader.send("GET", "/v1/samples?name=f").text
    #expect(ends.contains(#""time":[9223286399999]"#), "\(ends)")
  }

  private func lines(_ daybook: RunningDaybook) throws {
    let client = HTTPClient(daybook.command)
    let tags = (0..<64).map { ",k\($0)=v" }.joined()
    let lines: [(good: String, bad: String, code: String)] = [
      ("\(Self.long(255)) value=1", "\(Self.long(256)) value=1", "name-too-long"),
      ("\(Self.long(100)) \(Self.long(154))=1", "\(Self.long(100)) \(Self.long(155))=1", "name-too-long"),
      ("m,\(Self.long(255))=v f=1", "m,\(Self.long(256))=v f=1", "label-name-too-long"),
      ("m,k=\(Self.long(512)) f=1", "m,k=\(Self.long(512))v f=1", "label-value-too-long"),
      ("m\(tags) f=1", "m\(tags),k64=v f=1", "too-many-labels"),
      ("m f=9223372036854775807i", "m f=9223372036854775808i", "integer-out-of-range"),
      ("m f=-1.7976931348623157e308", "m f=-1.7976931348623159e308", "number-out-of-range"),
      ("m f=1 9223286399999999999", "m f=1 9223286400000000000", "time-out-of-range"),
      ("m f=1 -9214560000000000000", "m f=1 -9214560000000000001", "time-out-of-range"),
    ]
    for (good, bad, code) in lines {
      let taken = try client.send("POST", "/write", body: Array(good.utf8))
      #expect(taken.status == 204, "\(good.prefix(60)): \(taken.text)")
      let refused = try client.send("POST", "/write", body: Array(bad.utf8))
      #expect(refused.status == 400, "\(bad.prefix(60))")
      #expect(refused.text.contains(#"[{"line":1,"code":"\#(code)""#), "\(refused.text)")
    }
    for value in ["NaN", "nan", "Inf", "-Inf", "+Infinity"] {
      let refused = try client.send("POST", "/write", body: Array("m f=\(value)".utf8))
      #expect(refused.status == 400 && refused.text.contains(#""code":"invalid-number""#), "\(value)")
    }
  }

  private func bodies(_ daybook: RunningDaybook) throws {
    let client = HTTPClient(daybook.command)
    let sample = Array(#"{"name":"m","value":1,"timestamp":1}"#.utf8)
    let full = sample + [UInt8](repeating: 0x20, count: (32 << 20) - sample.count)
    let gzip = Self.json + [("Content-Encoding", "gzip")]
    for (body, status) in [(full, 201), (full + [0x20], 413)] {
      #expect(try client.send("POST", "/v1/samples", headers: Self.json, body: body).status == status)
      #expect(try client.send("POST", "/v1/samples", headers: gzip, body: Gzip.compress(body)).status == status)
    }
    for (count, status) in [(255, 201), (256, 400)] {
      let key = String(repeating: "k", count: count)
      let answer = try client.send(
        "POST", "/v1/samples", headers: Self.json + [("Idempotency-Key", "\"\(key)\"")], body: sample)
      #expect(answer.status == status, "a key of \(count)")
    }
  }

  /// A sample without a time gets the moment at which its request was handled.
  private func serverTimes(_ daybook: RunningDaybook) throws {
    let client = HTTPClient(daybook.command)
    let before = WallClock.now
    let json = try client.send(
      "POST", "/v1/samples", headers: Self.json, body: Array(#"{"name":"now","value":1}"#.utf8))
    let line = try client.send("POST", "/write?precision=s", body: Array("now,by=line value=1".utf8))
    let after = WallClock.now
    #expect(json.status == 201 && line.status == 204)
    let position = try #require(line.header("daybook-position"))
    let answer = try HTTPClient(daybook.query).send("GET", "/v1/latest?name=now&after=\(position)&wait=20s")
    let times = answer.text.matches(of: /"time":([0-9]+)/).compactMap { Int64($0.output.1) }
    #expect(times.count == 2)
    for time in times { #expect(time >= before / 1_000_000 && time <= after / 1_000_000, "\(answer.text)") }
  }

  @Test func everyLimitOfAQuestionTakesItsLastValueAndRefusesTheNext() throws {
    let daybook = try RunningDaybook()
    defer { daybook.stop() }
    let lines = (0..<10_001).map { "wide,half=\($0 == 0 ? "b" : "a"),n=\($0) value=1 0\n" }.joined()
    let taken = try HTTPClient(daybook.command).send("POST", "/write", body: Array(lines.utf8))
    let position = try #require(taken.header("daybook-position"))
    let reader = HTTPClient(daybook.query)
    #expect(try reader.send("GET", "/v1/metrics?after=\(position)&wait=30s").status == 200)
    for (good, bad, code) in [
      ("/v1/latest?name=wide&label.half=a", "/v1/latest?name=wide", "too-many-series"),
      (
        "/v1/timeline?name=wide&label.n=1&from=0&to=660000000", "/v1/timeline?name=wide&label.n=1&from=0&to=660000001",
        "too-many-points"
      ),
      ("/v1/timeline?name=m&step=3660d", "/v1/timeline?name=m&step=3661d", "invalid-step"),
      ("/v1/timeline?name=m&step=44639m", "/v1/timeline?name=m&step=44641m", "invalid-step"),
      ("/v1/metrics?after=\(position)&wait=30s", "/v1/metrics?after=\(position)&wait=30001ms", "invalid-parameter"),
    ] {
      #expect(try reader.send("GET", good).status == 200, "\(good)")
      let refused = try reader.send("GET", bad)
      #expect(
        refused.status == 400 && refused.text.contains(#""code":"\#(code)""#), "\(bad): \(refused.text.prefix(300))")
    }
  }
}

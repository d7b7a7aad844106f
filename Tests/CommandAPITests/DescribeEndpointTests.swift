import Compression
import Events
import JSON
import Postgres
import Runtime
import TestSupport
import Testing
import WriteTestSupport

@Suite struct DescribeEndpointTests {
  @Test func aDescriptionIsStoredAndAnsweredWithAReceipt() throws {
    let service = try RunningService()
    let answer = try service.put("cpu", #"{"unit":"%","description":"of one core","kind":"gauge"}"#)
    #expect(answer.status == 201)
    #expect(answer.header("content-type") == "application/json")
    let root = try JSONDocument.parse(bytes: answer.body)
    #expect(root["command"]?.count == 36)
    #expect(root["accepted"] == nil && answer.header("daybook-accepted") == nil)
    let token = try #require(root["position"])
    #expect(token == answer.header("daybook-position"))
    #expect(try PositionToken(parsing: token).positions.map(\.position) == [1])
    #expect(
      try service.descriptions() == [
        MetricDescribed(
          metric: SeriesKey(name: "cpu"), unit: .set("%"), description: .set("of one core"), kind: .set(.gauge))
      ])
    let row = try service.query("SELECT metadata FROM daybook_events.events")
    let metadata = try EventMetadata(decoding: row.byteArray(0, 0))
    #expect(metadata.actor == "anonymous" && metadata.protocol == "json" && metadata.bodyBytes > 0)
    let expected = "daybook_http_requests_total{route=\"/v1/metrics/{name}\",status=\"201\"} 1\n"
    #expect(service.registry.exposition().contains(expected))
  }

  @Test func whatIsLeftOutIsKeptAndNullClears() throws {
    let service = try RunningService()
    for body in [
      #"{"kind":"counter"}"#, #"{"unit":null,"description":""}"#, #"{"kind":null,"unit":"\u00b0C"}"#,
    ] {
      #expect(try service.put("m", body).status == 201)
    }
    let metric = try SeriesKey(name: "m")
    #expect(
      try service.descriptions() == [
        MetricDescribed(metric: metric, kind: .set(.counter)),
        MetricDescribed(metric: metric, unit: .cleared, description: .cleared),
        MetricDescribed(metric: metric, unit: .set("°C"), kind: .cleared),
      ])
  }

  @Test func everyNameAndEncodingOfABodyIsTaken() throws {
    let service = try RunningService()
    let body = Array(#"{"unit":"s"}"#.utf8)
    for path in ["a%2Fb", "caf%C3%A9", "r%C3%A4ume", "räume2", "a+b", "100%", "%25", "a%20b?"] {
      #expect(try service.put(path, #"{"unit":"s"}"#).status == 201, "\(path)")
    }
    #expect(try service.put("gzip", Gzip.compress(body), ["Content-Encoding": "gzip"]).status == 201)
    #expect(try service.put("zstd", Zstd.compress(body), ["Content-Encoding": "zstd"]).status == 201)
    #expect(try service.put("charset", body, ["Content-Type": "application/json; charset=utf-8"]).status == 201)
    let names = Set(try service.descriptions().map(\.metric.name))
    #expect(
      names == ["a/b", "café", "räume", "räume2", "a+b", "100%", "%", "a b", "gzip", "zstd", "charset"])
  }

  @Test func theLimitsAreTaken() throws {
    let service = try RunningService()
    let name = String(repeating: "%F0%9D%84%9E", count: 255)
    let unit = String(repeating: "𝄞", count: 64)
    let description = String(repeating: "d", count: 1_024)
    #expect(try service.put(name, #"{"unit":"\#(unit)","description":"\#(description)"}"#).status == 201)
    #expect(try service.descriptions().map(\.metric.name.unicodeScalars.count) == [255])
  }

  @Test func badRequestsAreRefusedWithTheirCodesAndNothingIsStored() throws {
    let service = try RunningService()
    let good = #"{"unit":"s"}"#
    let cases: [(name: String, body: String, headers: [String: String], status: Int, code: String)] = [
      ("m", "", [:], 400, "invalid-json"), ("m", "{", [:], 400, "invalid-json"),
      ("m", "\u{FEFF}x", [:], 400, "invalid-json"), ("m", "[]", [:], 422, "bad-description"),
      ("m", "{}", [:], 422, "bad-description"), ("m?mode=replace", good, [:], 400, "unknown-parameter"),
      ("m", good, ["Content-Type": "text/plain"], 415, "unsupported-media-type"),
      ("m", good, ["Content-Type": "application/x-ndjson"], 415, "unsupported-media-type"),
      ("m", good, ["Content-Type": "application/json; charset=latin1"], 415, "unsupported-media-type"),
      ("m", good, ["Content-Encoding": "br"], 415, "unsupported-encoding"),
      ("m", good, ["Content-Encoding": "gzip"], 400, "invalid-encoding"),
      ("m", good, ["Idempotency-Key": "\"open"], 400, "invalid-idempotency-key"),
      ("", good, [:], 422, "name-empty"), ("%FF", good, [:], 422, "name-not-utf8"),
      ("a%C3", good, [:], 422, "name-not-utf8"), ("a%0Ab", good, [:], 422, "name-control-character"),
      ("a%00", good, [:], 422, "name-control-character"),
      (String(repeating: "n", count: 256), good, [:], 422, "name-too-long"), ("a/b", good, [:], 404, "not-found"),
    ]
    for test in cases {
      let answer = try service.put(test.name, test.body, test.headers)
      #expect(answer.status == test.status, "\(test)")
      #expect(answer.header("content-type") == "application/problem+json")
      let problem = try JSONDocument.parse(bytes: answer.body)
      #expect(problem["code"] == test.code, "\(test)")
      #expect(problem["detail"]?.isEmpty == false)
    }
    #expect(try service.descriptions().isEmpty)
  }

  @Test func everyBadMemberIsNamedAtItsPlace() throws {
    let service = try RunningService()
    let cases: [(body: String, errors: [(pointer: String, code: String)])] = [
      ("[1]", [("", "not-an-object")]), ("{}", [("", "empty-description")]), ("null", [("", "not-an-object")]),
      (#"{"unit":1,"kind":"summary"}"#, [("/unit", "unit-not-text"), ("/kind", "kind-unknown")]),
      (#"{"kind":7}"#, [("/kind", "kind-unknown")]),
      (#"{"description":[]}"#, [("/description", "description-not-text")]),
      (#"{"unit":"\#(String(repeating: "x", count: 65))"}"#, [("/unit", "unit-too-long")]),
      (#"{"description":"\#(String(repeating: "é", count: 513))"}"#, [("/description", "description-too-long")]),
      (#"{"unit":"a\u0000"}"#, [("/unit", "unit-control-character")]),
      (#"{"description":"a\nb"}"#, [("/description", "description-control-character")]),
      (#"{"unit":"a","unit":"b"}"#, [("/unit", "duplicate-member")]),
      (#"{"unit":"a","help":"b","a/~":1}"#, [("/help", "unknown-member"), ("/a~1~0", "unknown-member")]),
    ]
    for test in cases {
      let answer = try service.put("m", test.body)
      #expect(answer.status == 422, "\(test)")
      let document = try JSONDocument.parse(bytes: answer.body)
      #expect(document.errors("pointer", "code") == test.errors.map { "\($0.pointer) \($0.code)" }, "\(answer.text)")
      #expect(document["accepted"] == nil && document["rejected"] == nil)
    }
    let unknown = try service.put("m", #"{"help":"b"}"#).text
    #expect(unknown.contains(#"the member \"help\" is unknown: known are unit, description, kind"#))
    #expect(try service.descriptions().isEmpty)
  }

  @Test func aBodyOfManyUnknownMembersIsAnsweredShortly() throws {
    let service = try RunningService()
    let members = (0..<100_000).map { "\"m\($0)\":1" }.joined(separator: ",")
    let answer = try service.put("m", "{\(members)}")
    #expect(answer.status == 422)
    #expect(answer.body.count < 8_000)
  }

  @Test func aKeyCountsOnceAndBelongsToItsMetric() throws {
    let service = try RunningService()
    let key = ["Idempotency-Key": "abc"]
    let first = try service.put("m", #"{"unit":"s"}"#, key)
    let second = try service.put("m", #"{"unit":"s"}"#, key)
    #expect(first.status == 201 && second.status == 201)
    #expect(first.body == second.body && first.header("daybook-position") == second.header("daybook-position"))
    #expect(second.header("idempotent-replayed") == "true")
    #expect(try service.put("n", #"{"unit":"s"}"#, key).text.contains("idempotency-key-reused"))
    #expect(try service.descriptions().count == 1)
  }

  @Test func onlyPutIsAllowed() throws {
    let service = try RunningService()
    for method in ["GET", "DELETE", "POST"] {
      let answer = try service.client().request(method, "/v1/metrics/m")
      #expect(answer.status == 405)
      #expect(answer.header("allow") == "PUT")
    }
    #expect(try service.client().request("PUT", "/v1/metrics").status == 404)
  }
}

extension RunningService {
  fileprivate func put(_ name: String, _ body: String, _ headers: [String: String] = [:]) throws -> TestClient.Response
  {
    try put(name, Array(body.utf8), headers)
  }

  fileprivate func put(_ name: String, _ body: [UInt8], _ headers: [String: String] = [:]) throws -> TestClient.Response
  {
    try client().request(
      "PUT", "/v1/metrics/\(name)", ["Content-Type": "application/json"].merging(headers) { $1 }, body: body)
  }
}

import Compression
import Events
import JSON
import Postgres
import Runtime
import TestSupport
import Testing
import WriteTestSupport

@Suite struct SamplesEndpointTests {
  @Test func aSampleIsStoredAndAnsweredWithAReceipt() throws {
    let service = try RunningService()
    let answer = try service.json(
      #"{"name":"m","value":1.5,"timestamp":"2026-01-31T12:00:00Z","labels":{"a":"b"}}"#)
    #expect(answer.status == 201)
    #expect(answer.header("content-type") == "application/json")
    let root = try JSONDocument.parse(bytes: answer.body)
    #expect(root["accepted"] == "1")
    #expect(root["command"]?.count == 36)
    let token = try #require(root["position"])
    #expect(token == answer.header("daybook-position"))
    #expect(try PositionToken(parsing: token).positions.map(\.position) == [2])
    #expect(try service.stored() == [Parsed("m{a=b}", 1_769_860_800_000_000_000, 1.5)])
    #expect(try service.modes() == [.observe])
  }

  @Test func everyFormatModeAndEncodingIsTaken() throws {
    let service = try RunningService()
    let lines = "{\"name\":\"b\",\"value\":2,\"timestamp\":2}\n{\"name\":\"c\",\"value\":3,\"timestamp\":3}\n"
    let array = #"[{"name":"a","value":1,"timestamp":1}]"#
    #expect(try service.json(array, "?precision=s&mode=replace").status == 201)
    #expect(try service.post("/v1/samples?precision=ns", lines, ["Content-Type": "application/x-ndjson"]).status == 201)
    let gzip = Gzip.compress(Array(#"{"name":"d","value":4,"timestamp":4}"#.utf8))
    #expect(
      try service.post("/v1/samples?precision=us", gzip, ["Content-Encoding": "gzip"]).status == 201)
    let zstd = Zstd.compress(Array(#"{"name":"e","value":5,"timestamp":5}"#.utf8))
    let headers = ["Content-Encoding": "zstd", "Content-Type": "application/json; charset=UTF-8"]
    #expect(try service.post("/v1/samples", zstd, headers).status == 201)
    #expect(
      try service.stored() == [
        Parsed("a", 1_000_000_000, 1), Parsed("b", 2, 2), Parsed("c", 3, 3), Parsed("d", 4_000, 4),
        Parsed("e", 5_000_000, 5),
      ])
    #expect(try service.modes() == [.observe, .replace])
  }

  @Test func badRequestsAreRefusedWithTheirCodeAndNothingIsStored() throws {
    let service = try RunningService()
    let good = #"{"name":"m","value":1}"#
    let cases: [(body: String, query: String, headers: [String: String], status: Int, code: String)] = [
      ("not json", "", [:], 400, "invalid-json"),
      (#"{"name":"m","value":"#, "", [:], 400, "invalid-json"),
      ("", "", [:], 400, "invalid-json"),
      ("[]", "", [:], 422, "no-samples"),
      (#"{"value":1}"#, "", [:], 422, "bad-samples"),
      (#"{"name":"m","value":"1"}"#, "", [:], 422, "bad-samples"),
      (#"{"name":"m","value":1e999}"#, "", [:], 422, "bad-samples"),
      (#"{"name":"m","value":1,"timestamp":"noon"}"#, "", [:], 422, "bad-samples"),
      (#"{"name":"m","value":1,"timestamp":"1600-01-01T00:00:00Z"}"#, "", [:], 422, "bad-samples"),
      (#"{"name":"m","value":1,"timestamp":"2300-01-01T00:00:00Z"}"#, "", [:], 422, "bad-samples"),
      (good, "?mode=append", [:], 400, "invalid-parameter"),
      (good, "?mode=", [:], 400, "invalid-parameter"),
      (good, "?precision=h", [:], 400, "invalid-parameter"),
      (good, "?precison=ms", [:], 400, "unknown-parameter"),
      (good, "?mode=observe&mode=replace", [:], 400, "duplicate-parameter"),
      (good, "", ["Content-Type": "text/plain"], 415, "unsupported-media-type"),
      (good, "", ["Content-Type": "application/x-www-form-urlencoded"], 415, "unsupported-media-type"),
      (good, "", ["Content-Type": "application/json; charset=latin1"], 415, "unsupported-media-type"),
      (good, "", ["Content-Encoding": "br"], 415, "unsupported-encoding"),
      (good, "", ["Content-Encoding": "gzip"], 400, "invalid-encoding"),
      (good, "", ["Content-Encoding": "zstd"], 400, "invalid-encoding"),
      (good, "", ["Idempotency-Key": "\"open"], 400, "invalid-idempotency-key"),
      (good, "", ["Idempotency-Key": String(repeating: "k", count: 256)], 400, "invalid-idempotency-key"),
    ]
    for test in cases {
      let answer = try service.json(test.body, test.query, test.headers)
      #expect(answer.status == test.status, "\(test)")
      #expect(answer.header("content-type") == "application/problem+json")
      let problem = try JSONDocument.parse(bytes: answer.body)
      #expect(problem["code"] == test.code, "\(test)")
      #expect(problem["status"] == String(test.status))
      #expect(problem["detail"]?.isEmpty == false && problem["title"]?.isEmpty == false)
    }
    #expect(try service.stored() == [])
  }

  @Test func oneBadSampleAmongThreeStoresNothingAndIsNamed() throws {
    let service = try RunningService()
    let answer = try service.json(
      #"[{"name":"m","value":1},{"name":"m","value":"x"},{"name":"m","value":3}]"#)
    #expect(answer.status == 422)
    #expect(answer.text.contains(#""accepted":0,"rejected":1,"errors":[{"index":1,"code":"value-not-a-number","#))
    #expect(try service.stored() == [])
    #expect(
      service.registry.exposition().contains(
        "daybook_samples_rejected_total{protocol=\"json\",reason=\"value-not-a-number\"} 1"))
  }

  @Test func unknownParametersNameTheKnownOnes() throws {
    let service = try RunningService()
    let answer = try service.json(#"{"name":"m","value":1}"#, "?foo=1")
    #expect(try #require(JSONDocument.parse(bytes: answer.body)["detail"]).contains("known are mode, precision"))
  }

  @Test func wrongPathsAndMethodsAreToldWhatIsThere() throws {
    let service = try RunningService()
    let path = try service.post("/v1/sample", "{}")
    #expect(path.status == 404)
    #expect(try JSONDocument.parse(bytes: path.body)["code"] == "not-found")
    let method = try service.get("/v1/samples")
    #expect(method.status == 405)
    #expect(method.header("allow") == "POST")
    #expect(try JSONDocument.parse(bytes: method.body)["code"] == "method-not-allowed")
    #expect(try service.get("/write").status == 405)
    #expect(try service.get("/api/v2/write").text.contains(#""code":"method not allowed""#))
    #expect(try service.get("/api/v2/buckets").text.contains(#""code":"not found""#))
    #expect(try service.post("/metrics", "").header("allow") == "GET, HEAD")
  }

  @Test func everyJSONAnswerEndsItsLine() throws {
    let service = try RunningService()
    let answers = [
      try service.json(#"{"name":"m","value":1}"#), try service.json("x"), try service.get("/nowhere"),
      try service.post("/write", "m f=x"), try service.post("/api/v2/write", "m f=x"), try service.get("/health"),
      try service.get("/readyz?verbose"), try service.get("/ping?verbose=true"),
      try service.get("/query?q=SHOW+DATABASES"),
    ]
    for answer in answers {
      #expect(answer.body.last == 0x0A && answer.text.count { $0 == "\n" } == 1, "\(answer.text)")
    }
  }

  @Test func theTraceContextAndTheSizeGoIntoTheMetadata() throws {
    let service = try RunningService()
    let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    let body = #"{"name":"m","value":1}"#
    #expect(try service.json(body, "", ["traceparent": trace]).status == 201)
    let rows = try service.query("SELECT metadata FROM daybook_events.events ORDER BY shard, position DESC LIMIT 1")
    let metadata = try EventMetadata(decoding: rows.byteArray(0, 0))
    #expect(metadata.traceparent == trace)
    #expect(metadata.actor == "anonymous")
    #expect(metadata.protocol == "json")
    #expect(metadata.bodyBytes == Int64(body.utf8.count))
  }
}

extension JSONDocument {
  /// A member of the root object as text.
  subscript(_ name: String) -> String? {
    withExtendedLifetime(self) {
      guard let value = root[name] else { return nil }
      return value.string ?? value.int64.map { String($0) }
    }
  }

  /// What `errors` holds: the members of these names of each, side by side.
  func errors(_ names: String...) -> [String] {
    // Values are pointers into the document.
    withExtendedLifetime(self) {
      root["errors"]?.elements.map { errors in
        errors.map { error in
          names.map { name in
            error[name].map { $0.string ?? $0.int64.map { String($0) } ?? "?" } ?? "nil"
          }.joined(separator: " ")
        }
      } ?? []
    }
  }

  static func parse(bytes: [UInt8]) throws -> JSONDocument { try JSONParser().parse(bytes) }
}

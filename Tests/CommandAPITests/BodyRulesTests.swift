import CommandAPI
import Compression
import EventStore
import HTTPServer
import JSON
import Postgres
import Runtime
import TestSupport
import Testing
import WriteTestSupport

/// Bodies as HTTP brings them: their size, their encoding, and those that do not come.
@Suite struct BodyRulesTests {
  private static let sample = Array(#"{"name":"m","value":1,"timestamp":1}"#.utf8)

  /// `bytes` of JSON that hold one sample.
  private static func padded(_ bytes: Int) -> [UInt8] {
    [UInt8](repeating: 0x20, count: bytes - sample.count) + sample
  }

  @Test func theLimitIsTheLastThatIsTakenPlainAndDecompressed() throws {
    let limit = 1 << 20
    let service = try RunningService { settings, _ in settings.bodyLimit = limit }
    for (count, status) in [(limit, 201), (limit + 1, 413)] {
      let body = Self.padded(count)
      #expect(try service.post("/v1/samples", body).status == status)
      #expect(try service.post("/v1/samples", Gzip.compress(body), ["Content-Encoding": "gzip"]).status == status)
      #expect(try service.post("/v1/samples", Zstd.compress(body), ["Content-Encoding": "zstd"]).status == status)
      let lines = [UInt8](repeating: 0x0A, count: count - 11) + Array("m value=1 1".utf8)
      let expected = status == 201 ? 204 : 413
      #expect(try service.post("/write", lines).status == expected)
      #expect(try service.post("/api/v2/write", Gzip.compress(lines), ["Content-Encoding": "gzip"]).status == expected)
      let description = [UInt8](repeating: 0x20, count: count - 12) + Array(#"{"unit":"s"}"#.utf8)
      #expect(try service.client().request("PUT", "/v1/metrics/m", body: description).status == status)
    }
    #expect(try service.stored().count == 5)
  }

  @Test func anEncodingThatIsNotKnownOrNotTrueIsRefusedInTheShapeOfItsProtocol() throws {
    let service = try RunningService()
    let gzip = Gzip.compress(Self.sample)
    let bad: [(encoding: String, body: [UInt8], status: Int, code: String)] = [
      ("br", Self.sample, 415, "unsupported-encoding"), ("deflate", Self.sample, 415, "unsupported-encoding"),
      ("snappy", Self.sample, 415, "unsupported-encoding"), ("gzip, gzip", gzip, 415, "unsupported-encoding"),
      ("gzip", Self.sample, 400, "invalid-encoding"), ("gzip", Array(gzip.dropLast()), 400, "invalid-encoding"),
      ("gzip", [], 400, "invalid-encoding"), ("gzip", gzip + [1, 2, 3], 400, "invalid-encoding"),
      ("zstd", gzip, 400, "invalid-encoding"), ("zstd", [], 400, "invalid-encoding"),
    ]
    for test in bad {
      let headers = ["Content-Encoding": test.encoding]
      let native = try service.post("/v1/samples", test.body, headers)
      #expect(native.status == test.status, "\(test.encoding)")
      #expect(try JSONDocument.parse(bytes: native.body)["code"] == test.code, "\(test.encoding)")
      if test.status == 415 { #expect(native.header("accept-encoding") == "gzip, zstd") }
      // Of InfluxDB's clients none sends zstd.
      let status = test.encoding == "zstd" ? 415 : test.status
      #expect(try service.post("/write", test.body, headers).text.hasPrefix(#"{"error":""#))
      let second = try service.post("/api/v2/write", test.body, headers)
      #expect(second.status == status, "\(test.encoding)")
      let code = status == 415 ? "unsupported media type" : "invalid"
      #expect(try JSONDocument.parse(bytes: second.body)["code"] == code)
    }
    #expect(try service.post("/v1/samples", Self.sample, ["Content-Encoding": "identity"]).status == 201)
    #expect(try service.post("/v1/samples", gzip, ["Content-Encoding": "x-gzip"]).status == 201)
    #expect(try service.post("/v1/samples", gzip, ["Content-Encoding": "GZIP"]).status == 201)
    #expect(try service.stored().count == 3)
  }

  @Test func aChunkedBodyIsTaken() throws {
    let service = try RunningService()
    let client = try service.client()
    let head = "POST /write HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n"
    try client.sendRaw(Array((head + "5\r\nm val\r\n6\r\nue=1 1\r\n0\r\n\r\n").utf8))
    #expect(try client.receiveResponse().status == 204)
    #expect(try service.stored() == [Parsed("m", 1, 1)])
  }

  @Test func halfARequestAndSilenceIsCutAtTheDeadlineAndStoresNothing() throws {
    let service = try RunningService { _, server in server.requestDeadline = .milliseconds(300) }
    let halves = [
      "", "POST /wri", "POST /v1/samples HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Le",
      "POST /v1/samples HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 200\r\n\r\n{\"name\":\"m\",\"value\":1}",
      "POST /write HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 200\r\n\r\nm value=1 1\n",
      "POST /write HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nc\r\nm value=1 1\n\r\n",
      "PUT /v1/metrics/m HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 200\r\n\r\n{\"unit\":\"s\"}",
    ]
    let clients = try halves.map { half in
      let client = try service.client()
      try client.sendRaw(Array(half.utf8))
      return client
    }
    // Others are served meanwhile.
    #expect(try service.json(#"{"name":"other","value":1,"timestamp":1}"#).status == 201)
    for client in clients { try client.waitForClose() }
    #expect(try service.stored() == [Parsed("other", 1_000_000, 1)])
    #expect(try service.descriptions().isEmpty)
  }

  @Test func moreNewSeriesThanOneCommandMayBringAre413() throws {
    // Refused before the store is asked for anything.
    let service = try RunningService(RefusingAppender(.keyReused))
    let lines = (0...262_144).map { "m,i=\($0) value=1" }.joined(separator: "\n")
    let first = try service.post("/write", lines)
    #expect(first.status == 413)
    #expect(first.text.contains("262144 new series"))
    #expect(try service.post("/api/v2/write", lines).text.contains(#""code":"request too large""#))
    let objects = (0...262_144).map { #"{"name":"m","value":1,"labels":{"i":"\#($0)"}}"# }.joined(separator: "\n")
    let native = try service.post("/v1/samples", objects, ["Content-Type": "application/x-ndjson"])
    #expect(native.status == 413)
    #expect(try JSONDocument.parse(bytes: native.body)["code"] == "too-many-new-series")
  }
}

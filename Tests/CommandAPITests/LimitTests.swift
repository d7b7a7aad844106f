import Glibc
import HTTPServer
import Compression
import EventStore
import JSON
import Runtime
import Testing
import WriteTestSupport

@Suite struct LimitTests {
  @Test func aBodyOverTheLimitIs413InTheShapeOfItsProtocol() throws {
    let service = try RunningService()
    let body = [UInt8](repeating: 0x20, count: 33 << 20)
    let native = try service.post("/v1/samples", body)
    #expect(native.status == 413)
    #expect(try JSONDocument.parse(bytes: native.body)["code"] == "body-too-large")
    #expect(try service.post("/write", body).text.hasPrefix(#"{"error":""#))
    #expect(try service.post("/api/v2/write", body).text.contains(#""code":"request too large""#))
  }

  @Test func aDecompressionBombIs413() throws {
    let service = try RunningService()
    // 10 GiB of spaces as 10,240 members of 1 MiB: what a client sends is 10 MB. What it costs is a system test's.
    let member = Gzip.compress([UInt8](repeating: 0x20, count: 1 << 20))
    let bomb = Array(repeatElement(member, count: 10_240).joined())
    let zstd = Zstd.compress([UInt8](repeating: 0x20, count: 128 << 20))
    for path in ["/v1/samples", "/write", "/api/v2/write"] {
      #expect(try service.post(path, bomb, ["Content-Encoding": "gzip"]).status == 413)
    }
    #expect(try service.post("/v1/samples", zstd, ["Content-Encoding": "zstd"]).status == 413)
  }

  @Test func overloadAndUnavailabilityAre503WithRetryAfterInTheShapeOfTheProtocol() throws {
    let errors: [(AppendError, String, String)] = [
      (.overloaded(retryAfter: .seconds(3)), "3", "overloaded"),
      (.unavailable(reason: "the disk is full", retryAfter: .milliseconds(500)), "1", "unavailable"),
    ]
    for (error, seconds, code) in errors {
      let service = try RunningService(RefusingAppender(error))
      let native = try service.json(#"{"name":"m","value":1}"#)
      #expect(native.status == 503)
      #expect(native.header("retry-after") == seconds)
      #expect(try JSONDocument.parse(bytes: native.body)["code"] == code)
      let first = try service.post("/write", "m f=1 1")
      #expect(first.status == 503 && first.header("retry-after") == seconds)
      #expect(first.text.hasPrefix(#"{"error":"cannot store the command: "#))
      let second = try service.post("/api/v2/write", "m f=1 1")
      #expect(second.status == 503 && second.header("retry-after") == seconds)
      #expect(second.text.contains(#""code":"unavailable""#))
    }
  }

  @Test func whatTheStoreRefusesIs422() throws {
    let service = try RunningService(RefusingAppender(.rejected(reason: "no")))
    #expect(try service.json(#"{"name":"m","value":1}"#).status == 422)
    #expect(try service.post("/write", "m f=1 1").status == 422)
  }

  @Test func bytesInFlightPastTheLimitAre503() throws {
    let service = try RunningService { _, server in server.bytesInFlightLimit = 1 << 20 }
    let answer = try service.post("/v1/samples", [UInt8](repeating: 0x20, count: 2 << 20))
    #expect(answer.status == 503)
    #expect(answer.header("retry-after") == "1")
    #expect(try JSONDocument.parse(bytes: answer.body)["code"] == "overloaded")
    #expect(try service.json(#"{"name":"m","value":1}"#).status == 201)
  }

}

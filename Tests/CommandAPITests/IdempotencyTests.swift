import Postgres
import Runtime
import TestSupport
import Testing
import WriteTestSupport

@Suite struct IdempotencyTests {
  private let body = #"{"name":"m","value":1,"timestamp":1}"#

  @Test func theSameKeyTwiceStoresOnceAndRepeatsTheAnswer() throws {
    let service = try RunningService()
    let first = try service.json(body, "", ["Idempotency-Key": "\"k 1\""])
    let second = try service.json(body, "", ["Idempotency-Key": "\"k 1\""])
    #expect(first.status == 201 && second.status == 201)
    #expect(first.body == second.body)
    #expect(first.header("daybook-position") == second.header("daybook-position"))
    #expect(first.header("idempotent-replayed") == nil)
    #expect(second.header("idempotent-replayed") == "true")
    #expect(try service.stored().count == 1)
  }

  @Test func aQuotedAndABareKeyAreTheSame() throws {
    let service = try RunningService()
    #expect(try service.json(body, "", ["Idempotency-Key": "abc"]).status == 201)
    #expect(try service.json(body, "", ["Idempotency-Key": "\"abc\""]).header("idempotent-replayed") == "true")
  }

  @Test func anotherRequestUnderTheKeyIsRefused() throws {
    let service = try RunningService()
    let key = ["Idempotency-Key": "abc"]
    #expect(try service.json(body, "", key).status == 201)
    let others = [
      try service.json(#"{"name":"m","value":2,"timestamp":1}"#, "", key), try service.json(body, "?mode=replace", key),
      try service.post("/v1/samples", body, key.merging(["Content-Type": "application/x-ndjson"]) { $1 }),
    ]
    for other in others {
      #expect(other.status == 422)
      #expect(other.text.contains("idempotency-key-reused"))
    }
    let line = try service.post("/write", "m value=1 1", key)
    #expect(line.status == 422)
    #expect(line.text.hasPrefix(#"{"error":""#))
    #expect(try service.stored().count == 1)
  }

  @Test func aPartialFailureIsRepeatedToo() throws {
    let service = try RunningService()
    let lines = "m f=1 1\nm f=oops 2\n"
    let first = try service.post("/write", lines, ["Idempotency-Key": "abc"])
    let second = try service.post("/write", lines, ["Idempotency-Key": "abc"])
    #expect(first.status == 400 && second.status == 400)
    #expect(first.body == second.body)
    #expect(second.header("idempotent-replayed") == "true")
    #expect(try service.stored().count == 1)
    #expect(try service.query("SELECT 1 FROM daybook_events.rejected").rowCount == 1)
  }

  @Test func manyAtOnceUnderOneKeyStoreOnce() throws {
    let service = try RunningService()
    let bodies = Monitor<[[UInt8]]>([])
    let port = service.port
    let threads = (0..<8).map { _ in
      OwnedThread("same-key") { [body] in
        let answer = try? TestClient(port: port).request(
          "POST", "/v1/samples", ["Content-Type": "application/json", "Idempotency-Key": "abc"],
          body: Array(body.utf8))
        bodies.withLock { $0.append(answer?.body ?? []) }
      }
    }
    for thread in threads { thread.join() }
    let answers = bodies.withLock { $0 }
    #expect(answers.count == 8)
    #expect(Set(answers).count == 1)
    #expect(try service.stored().count == 1)
  }
}

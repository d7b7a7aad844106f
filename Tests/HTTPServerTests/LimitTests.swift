import Glibc
import HTTPServer
import Runtime
import TestSupport
import Testing

@Suite struct LimitTests {
  private static func echo(_ exchange: HTTPExchange) {
    exchange.respond(HTTPResponse(status: 200, body: Array(exchange.body)))
  }

  private static func smallBodies(_ settings: inout HTTPServerSettings) {
    settings.bodyLimit = 1_000
    settings.swallowLimit = 100_000
    settings.tooLargeResponse = { .text(413, "too large: \($0)") }
  }

  @Test func aBodyOverTheLimitIsReadAndAnswered413() throws {
    let server = try TestServer(Self.smallBodies) { Self.echo($0) }
    let client = try TestClient(port: server.port)
    #expect(try client.post("/fits", Array(repeating: 1, count: 1_000)).status == 200)
    let answer = try client.post("/p", Array(repeating: 1, count: 1_001))
    #expect(answer.status == 413)
    #expect(answer.text == "too large: /p")
    #expect(answer.header("connection") == "close")
    #expect(server.server.counters.tooLarge.value == 1)
    #expect(server.server.counters.requests(status: 413) == 1)
    #expect(server.server.bytesInFlight == 0)
  }

  @Test func aChunkedBodyOverTheLimitIsReadAndAnswered413() throws {
    let server = try TestServer(Self.smallBodies) { Self.echo($0) }
    let client = try TestClient(port: server.port)
    try client.send("POST /c HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n")
    let piece = String(repeating: "x", count: 256)
    for _ in 0..<100 { try client.send("100\r\n\(piece)\r\n") }
    #expect(server.server.bytesInFlight <= 1_000)
    try client.send("0\r\n\r\n")
    let answer = try client.response()
    #expect(answer.status == 413)
    #expect(answer.text == "too large: /c")
    #expect(server.server.bytesInFlight == 0)
  }

  @Test func aBodyAnnouncedBeyondWhatIsSwallowedIsAnsweredAtOnce() throws {
    let server = try TestServer(Self.smallBodies) { Self.echo($0) }
    let client = try TestClient(port: server.port)
    try client.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 100001\r\n\r\n")
    #expect(try client.response().status == 413)
    #expect(try client.isClosedByServer())
  }

  @Test func aClientThatWaitsForContinueIsRefusedBeforeItSends() throws {
    let server = try TestServer(Self.smallBodies) { Self.echo($0) }
    let client = try TestClient(port: server.port)
    try client.send("PATCH / HTTP/1.1\r\nHost: t\r\nContent-Length: 1001\r\nExpect: 100-continue\r\n\r\n")
    #expect(try client.response().status == 413)
    #expect(try client.isClosedByServer())
  }

  @Test func anEndlessChunkedBodyIsCutOff() throws {
    let server = try TestServer(Self.smallBodies) { Self.echo($0) }
    let client = try TestClient(port: server.port)
    try client.send("POST /c HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n")
    let chunk = "10000\r\n" + String(repeating: "x", count: 65_536) + "\r\n"
    #expect(throws: TestClient.Failure.self) { for _ in 0..<1_000 { try client.send(chunk) } }
    try waitUntil { server.server.connections == 0 && server.server.runningRequests == 0 }
    #expect(server.server.bytesInFlight == 0)
  }

  @Test func bytesInFlightBeyondTheLimitAre503AndFitAgainAfterAnAnswer() throws {
    let waiting = Waiting()
    let server = try TestServer {
      $0.bodyLimit = 1_000
      $0.bytesInFlightLimit = 1_500
      $0.overloadedResponse = { .text(503, "full: \($0)", headers: [("Retry-After", "7")]) }
    } handler: {
      waiting.add($0)
    }
    let body = [UInt8](repeating: 1, count: 1_000)
    let first = try TestClient(port: server.port)
    try first.send("POST /1 HTTP/1.1\r\nHost: t\r\nContent-Length: 1000\r\n\r\n")
    try first.send(body)
    let held = try #require(waiting.take())
    #expect(server.server.bytesInFlight == 1_000)

    let second = try TestClient(port: server.port)
    let refused = try second.post("/2", body)
    #expect(refused.status == 503)
    #expect(refused.header("retry-after") == "7")
    #expect(refused.text == "full: /2")
    #expect(server.server.counters.overloaded.value == 1)
    // Without a length nobody knows until it has come.
    let third = try TestClient(port: server.port)
    try third.send("POST /3 HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n3E8\r\n")
    try third.send(body)
    try third.send("\r\n0\r\n\r\n")
    #expect(try third.response().status == 503)
    #expect(server.server.bytesInFlight == 1_000)

    held.respond(HTTPResponse(status: 204))
    #expect(try first.response().status == 204)
    let again = try TestClient(port: server.port)
    try again.send("POST /2 HTTP/1.1\r\nHost: t\r\nContent-Length: 1000\r\n\r\n")
    try again.send(body)
    try #require(waiting.take()).respond(HTTPResponse(status: 204))
    #expect(try again.response().status == 204)
  }

  @Test func aThousandConnectionsAtOnceStayUnderTheLimitAndAllGetAnAnswer() throws {
    try raiseDescriptorLimit(to: 4_096)
    var highest = 0
    let limit = 16 << 20
    let server = try TestServer {
      $0.bytesInFlightLimit = limit
    } handler: { exchange in
      exchange.respond(HTTPResponse(status: exchange.body.count == 256 << 10 ? 204 : 400))
    }
    let clients = try (0..<1_000).map { _ in try TestClient(port: server.port) }
    let slice = [UInt8](repeating: 7, count: 32 << 10)
    for client in clients { try client.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 262144\r\n\r\n") }
    for _ in 0..<8 {
      for client in clients { try client.send(slice) }
      highest = max(highest, server.server.bytesInFlight)
    }
    var statuses: [Int: Int] = [:]
    for client in clients { statuses[try client.response().status, default: 0] += 1 }
    #expect(highest > 0 && highest <= limit)
    #expect(Set(statuses.keys) == [204, 503], "\(statuses)")
    #expect(statuses.values.reduce(0, +) == 1_000)
    try waitUntil { server.server.bytesInFlight == 0 }
  }

  @Test func requestLinesAndHeadersOverTheLimitAreRefused() throws {
    let server = try TestServer {
      $0.headerLimit = 8 << 10
    } handler: {
      Self.echo($0)
    }
    let long = String(repeating: "a", count: 20_000)
    #expect((400..<500).contains(try TestClient(port: server.port).get("/\(long)").status))
    #expect((400..<500).contains(try TestClient(port: server.port).get("/", headers: "X-Long: \(long)\r\n").status))
    #expect(try TestClient(port: server.port).get("/").status == 200)
  }

  @Test func aClientThatDribblesItsHeadersIsCut() throws {
    let server = try TestServer {
      $0.requestDeadline = .milliseconds(400)
    } handler: {
      Self.echo($0)
    }
    try expectCut(server) { client, _ in try client.send("X") }
  }

  @Test func aClientThatDribblesItsBodyIsCut() throws {
    let server = try TestServer {
      $0.requestDeadline = .milliseconds(400)
    } handler: {
      Self.echo($0)
    }
    try expectCut(server) { client, round in
      try client.send(round == 0 ? "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 1000\r\n\r\n" : "x")
    }
    #expect(server.server.counters.late.value == 1)
    #expect(server.server.bytesInFlight == 0)
  }

  @Test func aClientThatSaysNothingIsCut() throws {
    let server = try TestServer {
      $0.requestDeadline = .milliseconds(300)
    } handler: {
      Self.echo($0)
    }
    let client = try TestClient(port: server.port)
    #expect(try client.isClosedByServer())
  }

  @Test func aRequestThatIsBeingHandledHasNoDeadline() throws {
    let waiting = Waiting()
    let server = try TestServer {
      $0.requestDeadline = .milliseconds(200)
    } handler: {
      waiting.add($0)
    }
    let client = try TestClient(port: server.port)
    try client.send("GET / HTTP/1.1\r\nHost: t\r\n\r\n")
    let exchange = try #require(waiting.take())
    let idle = try TestClient(port: server.port)
    #expect(try idle.isClosedByServer())
    MonotonicClock.sleep(for: .milliseconds(300))
    exchange.respond(.text(200, "late but there"))
    #expect(try client.response().text == "late but there")
  }

  @Test func aSlowReaderCostsOthersNothing() throws {
    let big = [UInt8](repeating: 65, count: 20_000_000)
    let server = try TestServer { exchange in
      exchange.respond(HTTPResponse(status: 200, body: exchange.path == "/big" ? big : []))
    }
    let slow = try (0..<4).map { _ in
      let client = try TestClient(port: server.port, receiveBuffer: 4_096)
      try client.send("GET /big HTTP/1.1\r\nHost: t\r\n\r\n")
      return client
    }
    try waitUntil { server.server.runningRequests == 4 }
    let quick = try TestClient(port: server.port)
    let start = MonotonicClock.now
    for _ in 0..<200 { #expect(try quick.get("/").status == 200) }
    #expect(MonotonicClock.now - start < 5_000_000_000)
    #expect(server.server.runningRequests >= 4)
    #expect(try slow[0].response().body.count == big.count)
  }

  /// Calls `step` every 20 ms until the server cuts the connection, which must be within 10 s.
  private func expectCut(_ server: TestServer, _ step: (TestClient, Int) throws -> Void) throws {
    let client = try TestClient(port: server.port)
    var round = 0
    try waitUntil(deadline: .seconds(10), "the connection to be cut") {
      do {
        MonotonicClock.sleep(for: .milliseconds(20))
        try step(client, round)
        round += 1
        return server.server.counters.connections.value == 1 && server.server.connections == 0
      } catch is TestClient.Failure {
        return true
      }
    }
    #expect(round > 5)
  }

  private func raiseDescriptorLimit(to count: UInt) throws {
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    guard limit.rlim_cur < count else { return }
    limit.rlim_cur = min(limit.rlim_max, count)
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    try #require(limit.rlim_cur >= count)
  }
}

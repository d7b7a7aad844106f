import HTTPServer
import Runtime
import TestSupport
import Testing

/// Memory of answers that are not read.
@Suite struct AnswerLimitTests {
  /// More than the kernel takes off the server's hands.
  private static let size = 20_000_000

  private func server(limit: Int) throws -> TestServer {
    let big = [UInt8](repeating: 65, count: Self.size)
    return try TestServer {
      $0.answerBytesLimit = limit
      $0.overloadedResponse = { _ in .text(503, "no room") }
    } handler: { exchange in
      exchange.respond(HTTPResponse(status: 200, body: exchange.path == "/big" ? big : []))
    }
  }

  /// Asks for the big answer and does not read it.
  private func slowReader(_ server: TestServer) throws -> TestClient {
    let client = try TestClient(port: server.port, receiveBuffer: 4_096)
    try client.send("GET /big HTTP/1.1\r\nHost: t\r\n\r\n")
    return client
  }

  @Test func whoReadsTooSlowlyGivesWayToWhoReads() throws {
    let server = try server(limit: 50_000_000)
    // One after the other: of two at once either may be the first.
    let slow = try (1...2).map { count in
      let reader = try slowReader(server)
      try waitUntil { server.server.unreadAnswerBytes == count * Self.size }
      return reader
    }
    MonotonicClock.sleep(for: .milliseconds(1_100))
    let quick = try TestClient(port: server.port)
    for _ in 0..<3 { #expect(try quick.get("/big").body.count == Self.size) }
    // One had to go, and it was the first; the other is still served.
    #expect(server.server.counters.late.value == 1)
    #expect(throws: TestClient.Failure.self) { try slow[0].response() }
    #expect(try slow[1].response().body.count == Self.size)
    try waitUntil { server.server.unreadAnswerBytes == 0 }
  }

  @Test func nobodyIsCutInTheFirstSecondAndSmallAnswersAlwaysHaveRoom() throws {
    // On a machine that is busy with other things the second may be over before the third has asked: once more then.
    for _ in 0..<20 {
      let server = try server(limit: 50_000_000)
      let start = MonotonicClock.now
      let slow = try (0..<2).map { _ in try slowReader(server) }
      try waitUntil { server.server.unreadAnswerBytes == 2 * Self.size }
      let third = try TestClient(port: server.port).get("/big")
      guard MonotonicClock.now - start < 1_000_000_000 else { continue }
      #expect(third.status == 503 && third.text == "no room")
      #expect(try TestClient(port: server.port).get("/").status == 200)
      for client in slow { #expect(try client.response().body.count == Self.size) }
      return
    }
    Issue.record("the machine was too slow twenty times")
  }

  @Test func anAnswerOverTheLimitAltogetherIsRefused() throws {
    let server = try server(limit: Self.size - 1)
    #expect(try TestClient(port: server.port).get("/big").status == 503)
    #expect(server.server.unreadAnswerBytes == 0)
  }

  @Test func aClientThatLeavesGivesItsRoomBack() throws {
    let server = try server(limit: 50_000_000)
    for _ in 0..<5 {
      let client = try slowReader(server)
      try waitUntil { server.server.unreadAnswerBytes > 0 }
      withExtendedLifetime(client) {}
    }
    try waitUntil { server.server.unreadAnswerBytes == 0 }
  }
}

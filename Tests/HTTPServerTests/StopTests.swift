import Glibc
import HTTPServer
import Runtime
import TestSupport
import Testing

@Suite struct StopTests {
  @Test func stopLetsRunningRequestsFinish() throws {
    let waiting = Waiting()
    let server = try TestServer {
      $0.drainLimit = .seconds(10)
    } handler: {
      waiting.add($0)
    }
    let client = try TestClient(port: server.port)
    try client.send("GET / HTTP/1.1\r\nHost: t\r\n\r\n")
    let exchange = try #require(waiting.take())
    let isStopped = Flag()
    let http = server.server
    let port = server.port
    let stopping = StopThread(http, isStopped)
    // The socket no longer listens, and yet the request is answered.
    try waitUntil { (try? TestClient(port: port)) == nil }
    #expect(!isStopped.isSet)
    exchange.respond(.text(200, "finished"))
    let answer = try client.response()
    #expect(answer.text == "finished")
    #expect(answer.header("connection") == "close")
    stopping.thread.join()
    #expect(http.connections == 0)
  }

  @Test func whatIsNotAnsweredInTimeIsAnsweredByTheServer() throws {
    let waiting = Waiting()
    let server = try TestServer {
      $0.drainLimit = .milliseconds(50)
    } handler: {
      waiting.add($0)
    }
    let clients = try (0..<20).map { _ in try TestClient(port: server.port) }
    for client in clients { try client.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\n\r\nabc") }
    try waitUntil { waiting.count == 20 }
    server.server.stop()
    for client in clients {
      #expect(try client.response().status == 503)
      // Too late: the body is still the handler's, the answer goes nowhere.
      let exchange = try #require(waiting.take())
      #expect(Array(exchange.body) == Array("abc".utf8))
      exchange.respond(.text(200, "too late"))
      #expect(exchange.body.isEmpty)
    }
    #expect(server.server.bytesInFlight == 0)
    #expect(server.server.counters.requests(status: 200) == 0)
    server.server.stop()
  }

  @Test func stopEndsUnderLoadAndHalfSentRequests() throws {
    let waiting = Waiting()
    let server = try TestServer {
      $0.drainLimit = .milliseconds(300)
    } handler: {
      waiting.add($0)
    }
    let port = server.port
    let answering = OwnedThread("answering") {
      while let exchange = waiting.take() { exchange.respond(HTTPResponse(status: 204)) }
    }
    let half = try TestClient(port: port)
    try half.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\n\r\na")
    let clients = (0..<4).map { _ in
      OwnedThread("client") {
        while let client = try? TestClient(port: port) {
          while let answer = try? client.post("/", [1]), answer.header("connection") != "close" {}
        }
      }
    }
    try waitUntil { server.server.counters.requests(status: 204) > 100 }
    server.server.stop()
    for client in clients { client.join() }
    #expect(server.server.connections == 0)
    #expect(server.server.runningRequests == 0)
    waiting.finish()
    answering.join()
  }

  @Test func startsAndStopsManyTimes() throws {
    for _ in 0..<20 {
      let server = try TestServer { $0.respond(HTTPResponse(status: 204)) }
      #expect(try TestClient(port: server.port).get("/").status == 204)
      server.server.stop()
    }
  }

  /// Stops a server on a thread of its own.
  private final class StopThread {
    let thread: OwnedThread
    init(_ server: HTTPServer, _ isStopped: Flag) {
      thread = OwnedThread("stopping") {
        server.stop()
        isStopped.set()
      }
    }
  }
}

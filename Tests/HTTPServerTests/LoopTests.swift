import Glibc
import HTTPServer
import Runtime
import Synchronization
import TestSupport
import Testing

/// The threads that serve plain HTTP.
@Suite struct LoopTests {
  /// Answers with the thread that it runs on.
  private static func tellThread(_ exchange: HTTPExchange) {
    exchange.respond(HTTPResponse(status: 200, body: Array("\(pthread_self())".utf8)))
  }

  @Test func connectionsAreDealtOutEvenly() throws {
    let server = try TestServer({ $0.threads = 3 }, handler: Self.tellThread)
    var clients: [TestClient] = []
    var byThread: [String: Int] = [:]
    for _ in 0..<9 {
      let client = try TestClient(port: server.port)
      byThread[try client.get("/").text, default: 0] += 1
      clients.append(client)
    }
    #expect(byThread.values.sorted() == [3, 3, 3])
    #expect(server.server.connections == 9)
    // Where one ends, the next one comes.
    let thread = try clients[4].get("/").text
    clients.remove(at: 4)
    try waitUntil { server.server.connections == 8 }
    let next = try TestClient(port: server.port)
    #expect(try next.get("/").text == thread)
  }

  @Test func aThreadThatIsBusyHoldsUpItsOwnConnectionsOnly() throws {
    let isHeld = Monitor(true)
    let isHolding = Flag()
    let server = try TestServer {
      $0.threads = 2
    } handler: { exchange in
      if exchange.path == "/hold" {
        isHolding.set()
        _ = isHeld.wait(until: MonotonicClock.deadline(after: .seconds(20))) { $0 ? nil : true }
      }
      exchange.respond(HTTPResponse(status: 204))
    }
    let busy = try TestClient(port: server.port)
    // Waits for less long than the busy one is held.
    let other = try TestClient(port: server.port, seconds: 5)
    #expect(try other.get("/").status == 204)
    try busy.send("GET /hold HTTP/1.1\r\nHost: t\r\n\r\n")
    try waitUntil { isHolding.isSet }
    #expect(try other.get("/").status == 204)
    isHeld.withLock { $0 = false }
    isHeld.broadcast()
    #expect(try busy.response().status == 204)
  }

  @Test func connectionsBeyondTheLimitWaitUntilOneEnds() throws {
    let server = try TestServer({ $0.connectionLimit = 2 }, handler: Self.tellThread)
    var clients = try (0..<2).map { _ in try TestClient(port: server.port) }
    for client in clients { #expect(try client.get("/").status == 200) }
    // The kernel takes it in and answers nothing.
    let late = try TestClient(port: server.port)
    try late.send("GET / HTTP/1.1\r\nHost: t\r\n\r\n")
    for _ in 0..<20 {
      #expect(try clients[0].get("/").status == 200)
      #expect(server.server.connections == 2)
    }
    clients.removeLast()
    #expect(try late.response().status == 200)
    #expect(server.server.connections == 2)
  }

  @Test func worksRunInOrderOnTheThreadOfTheConnection() throws {
    let waiting = Waiting()
    let server = try TestServer {
      $0.threads = 2
    } handler: { exchange in
      if exchange.path == "/later" { waiting.add(exchange) } else { Self.tellThread(exchange) }
    }
    let client = try TestClient(port: server.port)
    let thread = try client.get("/").text
    let order = Mutex<[Int]>([])
    for round in 0..<50 {
      try client.send("GET /later HTTP/1.1\r\nHost: t\r\n\r\n")
      let exchange = try #require(waiting.take())
      let queue = try #require(exchange.queue)
      for number in 0..<4 { queue.run { order.withLock { $0.append(round * 4 + number) } } }
      queue.run { Self.tellThread(exchange) }
      #expect(try client.response().text == thread)
    }
    #expect(order.withLock { $0 } == Array(0..<200))
  }

  @Test func worksForAServerThatHasStoppedRunAtOnce() throws {
    let waiting = Waiting()
    let server = try TestServer { waiting.add($0) }
    let client = try TestClient(port: server.port)
    try client.send("GET / HTTP/1.1\r\nHost: t\r\n\r\n")
    let exchange = try #require(waiting.take())
    let queue = try #require(exchange.queue)
    server.server.stop()
    #expect(try client.response().status == 503)
    let isRun = Flag()
    queue.run {
      exchange.respond(HTTPResponse(status: 204))
      isRun.set()
    }
    #expect(isRun.isSet)
  }

  @Test func aWorkThatComesWhileAnotherRunsIsDoneBehindIt() throws {
    let waiting = Waiting()
    let server = try TestServer { waiting.add($0) }
    let client = try TestClient(port: server.port)
    for _ in 0..<20 {
      try client.send("GET / HTTP/1.1\r\nHost: t\r\n\r\n")
      let exchange = try #require(waiting.take())
      let queue = try #require(exchange.queue)
      let isRunning = Flag()
      let isHandedOver = Monitor(false)
      queue.run {
        isRunning.set()
        _ = isHandedOver.wait(until: MonotonicClock.deadline(after: .seconds(20))) { $0 ? true : nil }
      }
      try waitUntil { isRunning.isSet }
      // The loop's thread is awake, so nobody rings for this one.
      queue.run { exchange.respond(HTTPResponse(status: 204)) }
      isHandedOver.withLock { $0 = true }
      isHandedOver.broadcast()
      #expect(try client.response().status == 204)
    }
  }

  /// Many hand over at once.
  @Test func noWorkIsForgotten() throws {
    let waiting = Waiting()
    let server = try TestServer {
      $0.threads = 1
    } handler: {
      waiting.add($0)
    }
    let client = try TestClient(port: server.port)
    try client.send("GET / HTTP/1.1\r\nHost: t\r\n\r\n")
    let exchange = try #require(waiting.take())
    let queue = try #require(exchange.queue)
    let count = Tally()
    let threads = (0..<4).map { _ in
      OwnedThread("handing over") {
        for round in 0..<5_000 {
          queue.run { count.add(1) }
          if round % 16 == 0 { sched_yield() }
        }
      }
    }
    for thread in threads { thread.join() }
    try waitUntil { count.value == 20_000 }
    exchange.respond(HTTPResponse(status: 204))
    #expect(try client.response().status == 204)
  }
}

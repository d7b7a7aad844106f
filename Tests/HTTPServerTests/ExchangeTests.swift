import Glibc
import HTTPServer
import Runtime
import TestSupport
import Testing

@Suite struct ExchangeTests {
  @Test func handlerSeesMethodPathQueryHeadersAndBody() throws {
    let server = try TestServer { exchange in
      let items = exchange.queryItems().map { "\($0.name)=\($0.value)" }.joined(separator: ";")
      let body = String(decoding: exchange.body, as: UTF8.self)
      let text = [
        exchange.method, exchange.path, exchange.pathSegments.joined(separator: ";"), items,
        exchange.header("x-TOKEN") ?? "none", exchange.header("X-Missing") ?? "none", body,
      ]
      exchange.respond(.text(200, text.joined(separator: "|")))
    }
    let client = try TestClient(port: server.port)
    let answer = try client.post(
      "/v1/m%2Fn/%C3%A9?a=1+2&a=%26&b&=x&c=%zz%", Array("hello".utf8), headers: "X-Token: t\r\n")
    #expect(answer.status == 200)
    #expect(answer.text == "POST|/v1/m%2Fn/%C3%A9|v1;m/n;é|a=1 2;a=&;b=;=x;c=%zz%|t|none|hello")
    #expect(answer.header("server") == nil)
    #expect(answer.header("date") != nil)
  }

  @Test func absoluteTargetsAreTakenApart() throws {
    let server = try TestServer { $0.respond(.text(200, "\($0.path)|\($0.query)")) }
    let client = try TestClient(port: server.port)
    #expect(try client.get("http://host:80/a?b=c").text == "/a|b=c")
    #expect(try client.get("http://host?b=c").text == "/|b=c")
    #expect(try client.get("/").text == "/|")
    #expect(try client.get("/a?u=http://x/y?z").text == "/a|u=http://x/y?z")
  }

  @Test func answersComeFromOtherThreadsWithoutOneBeingLost() throws {
    // The answering thread races with the handler's return: answers come before, during and after the suspension.
    let waiting = Waiting()
    let server = try TestServer { waiting.add($0) }
    let port = server.port
    let answering = (0..<2).map { _ in
      OwnedThread("answering") {
        while let exchange = waiting.take() {
          exchange.respond(HTTPResponse(status: 200, body: Array(exchange.body)))
        }
      }
    }
    let wrong = Tally()
    let clients = (0..<8).map { number in
      OwnedThread("client \(number)") {
        do {
          let client = try TestClient(port: port)
          for round in 0..<500 {
            let sent = Array("\(number) \(round)".utf8)
            if try client.post("/echo", sent).body != sent { wrong.add(1) }
          }
        } catch {
          print("client \(number): \(error)")
          wrong.add(1_000_000)
        }
      }
    }
    for client in clients { client.join() }
    #expect(wrong.value == 0)
    #expect(server.server.counters.requests(status: 200) == 4_000)
    waiting.finish()
    for thread in answering { thread.join() }
  }

  @Test func keepAliveServesManyRequestsOnOneConnection() throws {
    let server = try TestServer { $0.respond(HTTPResponse(status: 204)) }
    let client = try TestClient(port: server.port)
    for _ in 0..<50 { #expect(try client.post("/", [1, 2, 3]).status == 204) }
    #expect(server.server.counters.connections.value == 1)
    #expect(server.server.connections == 1)
  }

  @Test func pipelinedRequestsAreAnsweredInOrder() throws {
    let waiting = Waiting()
    let server = try TestServer { waiting.add($0) }
    let client = try TestClient(port: server.port)
    try client.send(
      "GET /1 HTTP/1.1\r\nHost: t\r\n\r\nPOST /2 HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\n\r\nabGET /3 HTTP/1.1\r\nHost: t\r\n\r\n"
    )
    for path in ["/1", "/2", "/3"] {
      let exchange = try #require(waiting.take())
      exchange.respond(.text(200, exchange.path))
      #expect(try client.response().text == path)
    }
  }

  @Test func bodiesOfAnyShapeArriveWhole() throws {
    var random = SeededRandom()
    let server = try TestServer { exchange in
      exchange.respond(HTTPResponse(status: 200, body: Array(exchange.body)))
    }
    let client = try TestClient(port: server.port)
    for size in [0, 1, 4_095, 4_096, 65_536, 65_537, 1_000_000, 5_000_001] {
      let body = (0..<size).map { _ in UInt8.random(in: 0...255, using: &random) }
      #expect(try client.post("/", body).body == body)
      try client.send("PUT / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n")
      var rest = body[...]
      while !rest.isEmpty {
        let piece = rest.prefix(Int.random(in: 1...200_000, using: &random))
        rest = rest.dropFirst(piece.count)
        try client.send(Array("\(String(piece.count, radix: 16))\r\n".utf8) + piece + Array("\r\n".utf8))
      }
      try client.send("0\r\n\r\n")
      #expect(try client.response().body == body)
    }
    #expect(server.server.bytesInFlight == 0)
  }

  @Test func headIsAnsweredWithoutBody() throws {
    let server = try TestServer { $0.respond(.text(200, "12345")) }
    let client = try TestClient(port: server.port)
    let answer = try client.get("/", method: "HEAD")
    #expect(answer.status == 200)
    #expect(answer.header("content-length") == "5")
    // The next answer starts where the last one's headers ended.
    #expect(try client.get("/").text == "12345")
  }

  @Test func anyMethodReachesTheHandler() throws {
    let server = try TestServer { $0.respond(.text(200, $0.method)) }
    let client = try TestClient(port: server.port)
    for method in ["GET", "DELETE", "OPTIONS", "PATCH", "PROPFIND"] {
      #expect(try client.get("/", method: method).text == method)
    }
  }

  @Test func responsesMayHaveSeveralHeadersOfOneName() throws {
    let server = try TestServer { exchange in
      exchange.respond(HTTPResponse(status: 204, headers: [("X-A", "1"), ("X-B", "2"), ("X-A", "3")]))
    }
    let answer = try TestClient(port: server.port).get("/")
    #expect(answer.all("x-a") == ["1", "3"])
    #expect(answer.header("x-b") == "2")
  }

  @Test func aHeaderThatCannotBeSentBecomesA500() throws {
    let server = try TestServer { $0.respond(.text(200, "body", headers: [("X-A", "1\r\nX-Evil: 2")])) }
    let answer = try TestClient(port: server.port).get("/")
    #expect(answer.status == 500)
    #expect(answer.header("x-evil") == nil)
    #expect(answer.body.isEmpty)
  }

  @Test func expectContinueIsAnsweredBeforeTheBody() throws {
    let server = try TestServer { exchange in
      exchange.respond(HTTPResponse(status: 200, body: Array(exchange.body)))
    }
    let client = try TestClient(port: server.port)
    try client.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n")
    #expect(try client.response().status == 100)
    try client.send("abc")
    #expect(try client.response().text == "abc")
  }

  @Test func aClientThatLeavesWhileItsRequestWaitsDoesNoHarm() throws {
    let waiting = Waiting()
    let server = try TestServer { waiting.add($0) }
    weak var left: HTTPExchange?
    do {
      let client = try TestClient(port: server.port)
      try client.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\n\r\nabc")
      let exchange = try #require(waiting.take())
      left = exchange
      #expect(exchange.header("host") == "t")
      #expect(Array(exchange.body) == Array("abc".utf8))
    }
    // The client is gone; nobody has answered.
    let other = try TestClient(port: server.port)
    try other.send("GET /2 HTTP/1.1\r\nHost: t\r\n\r\n")
    let second = try #require(waiting.take())
    left?.respond(.text(200, String(repeating: "x", count: 100_000)))
    second.respond(.text(200, "still here"))
    #expect(try other.response().text == "still here")
    try waitUntil { left == nil }
    #expect(server.server.bytesInFlight == 0)
  }

  @Test func bodyIsFreedAndHeadersAreGoneWithTheAnswer() throws {
    let waiting = Waiting()
    let server = try TestServer { waiting.add($0) }
    let client = try TestClient(port: server.port)
    try client.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\n\r\nabc")
    let exchange = try #require(waiting.take())
    #expect(server.server.bytesInFlight == 3)
    exchange.respond(HTTPResponse(status: 204))
    #expect(server.server.bytesInFlight == 0)
    #expect(exchange.body.isEmpty)
    #expect(try client.response().status == 204)
    try waitUntil { exchange.header("host") == nil }
  }

  @Test func damagedRequestsNeverReachTheHandlerNorStopTheServer() throws {
    var random = SeededRandom()
    let server = try TestServer {
      $0.requestDeadline = .seconds(1)
    } handler: {
      $0.respond(.text(200, "fine"))
    }
    let good = Array("POST /a?b=c HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\nX-Y: z\r\n\r\nhello".utf8)
    for _ in 0..<200 {
      var bytes = good
      for _ in 0..<Int.random(in: 1...8, using: &random) {
        switch Int.random(in: 0...2, using: &random) {
        case 0: bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...255, using: &random)
        case 1: bytes.remove(at: Int.random(in: 0..<bytes.count, using: &random))
        default: bytes.insert(.random(in: 0...255, using: &random), at: Int.random(in: 0..<bytes.count, using: &random))
        }
      }
      let client = try TestClient(port: server.port)
      try? client.send(bytes)
      client.finishSending()
      _ = try? client.response()
    }
    for line in [
      "GET / HTTP/1.1\r\nHost: t\r\nContent-Length: 99999999999999999999999\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: -1\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
      "POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
      "GET / HTTP/1.1\r\n\r\n",
    ] {
      let client = try TestClient(port: server.port)
      try client.send(line)
      let answer = try? client.response()
      #expect(answer.map { (400...413).contains($0.status) } ?? true, "\(line)")
    }
    #expect(try TestClient(port: server.port).get("/").text == "fine")
    try waitUntil { server.server.runningRequests == 0 && server.server.bytesInFlight == 0 }
  }
}

import HTTPServer
import Runtime
import TestSupport
import Testing

/// Requests are let in, or not, when their headers are there.
@Suite struct AdmissionTests {
  /// Lets `/open…` in as `somebody`, refuses the rest.
  private static func guarded(_ settings: inout HTTPServerSettings) {
    settings.admit = { head in
      head.path.hasPrefix("/open")
        ? .admit(identity: "somebody") : .refuse(.text(401, "who are you?", headers: [("WWW-Authenticate", "Bearer")]))
    }
  }

  private static func identity(_ exchange: HTTPExchange) {
    exchange.respond(.text(200, exchange.identity ?? "nobody"))
  }

  @Test func theHandlerGetsTheIdentityAndNobodysWhereNobodyAsked() throws {
    let guarded = try TestServer(Self.guarded) { Self.identity($0) }
    #expect(try TestClient(port: guarded.port).get("/open").text == "somebody")
    let open = try TestServer { Self.identity($0) }
    #expect(try TestClient(port: open.port).get("/").text == "nobody")
  }

  @Test func aRefusedBodyIsNeverTakenAndTheHandlerNeverCalled() throws {
    let server = try TestServer(Self.guarded) { exchange in
      #expect(exchange.path == "/open")
      Self.identity(exchange)
    }
    let client = try TestClient(port: server.port)
    try client.send("POST /closed HTTP/1.1\r\nHost: t\r\nContent-Length: 1000\r\n\r\n")
    try client.send([UInt8](repeating: 1, count: 900))
    try waitUntil { server.server.counters.notAdmitted.value == 1 }
    #expect(server.server.bytesInFlight == 0)
    try client.send([UInt8](repeating: 1, count: 100))
    let answer = try client.response()
    #expect(answer.status == 401 && answer.text == "who are you?")
    #expect(answer.header("www-authenticate") == "Bearer")
    #expect(answer.header("connection") == "close")
    #expect(server.server.bytesInFlight == 0)
  }

  @Test func aClientThatAsksFirstIsNotToldToGoOn() throws {
    let server = try TestServer(Self.guarded) { Self.identity($0) }
    for length in ["Content-Length: 1000", "Transfer-Encoding: chunked"] {
      let client = try TestClient(port: server.port)
      try client.send("POST /closed HTTP/1.1\r\nHost: t\r\n\(length)\r\nExpect: 100-continue\r\n\r\n")
      #expect(try client.response().status == 401)
      #expect(try client.isClosedByServer())
    }
    let client = try TestClient(port: server.port)
    try client.send("POST /open HTTP/1.1\r\nHost: t\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n")
    #expect(try client.response(hasBody: false).status == 100)
  }

  @Test func withoutABodyTheConnectionGoesOn() throws {
    let server = try TestServer(Self.guarded) { Self.identity($0) }
    let client = try TestClient(port: server.port)
    for _ in 0..<3 { #expect(try client.get("/closed").status == 401) }
    #expect(try client.get("/open").text == "somebody")
    #expect(try client.get("/closed", method: "HEAD").status == 401)
    #expect(server.server.counters.notAdmitted.value == 4)
    #expect(server.server.counters.requests(status: 401) == 4)
  }

  @Test func anEndlessRefusedBodyIsCutOff() throws {
    let server = try TestServer {
      Self.guarded(&$0)
      $0.swallowLimit = 100_000
    } handler: {
      Self.identity($0)
    }
    let client = try TestClient(port: server.port)
    try client.send("POST /closed HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n")
    let chunk = "10000\r\n" + String(repeating: "x", count: 65_536) + "\r\n"
    #expect(throws: TestClient.Failure.self) { for _ in 0..<1_000 { try client.send(chunk) } }
    try waitUntil { server.server.connections == 0 }
  }

  @Test func theHeadIsWhatWasSent() throws {
    let server = try TestServer {
      $0.admit = { head in
        let parts = [
          head.method, head.path, head.query, head.authority ?? "-", "\(head.isVersion10)", "\(head.isEncrypted)",
          head.header("X-One") ?? "-", head.headers("x-many").joined(separator: "+"), "\(head.headers("x-none"))",
        ]
        return .refuse(.text(403, parts.joined(separator: "|")))
      }
    } handler: { _ in
    }
    func head(_ line: String) throws -> String {
      let client = try TestClient(port: server.port)
      try client.send("\(line)\r\nHost: t\r\nx-one: 1\r\nX-Many: a\r\nX-MANY: b\r\n\r\n")
      return try client.response().text
    }
    #expect(try head("GET /a%2Fb?c=%20d HTTP/1.1") == "GET|/a%2Fb|c=%20d|-|false|false|1|a+b|[]")
    #expect(try head("PUT http://evil.example:1/p?q HTTP/1.1") == "PUT|/p|q|evil.example:1|false|false|1|a+b|[]")
    #expect(try head("GET / HTTP/1.0") == "GET|/||-|true|false|1|a+b|[]")
  }

  @Test func aRequestOfHTTP11WithoutHostIsBad() throws {
    let server = try TestServer { Self.identity($0) }
    let client = try TestClient(port: server.port)
    try client.send("GET / HTTP/1.1\r\n\r\n")
    #expect(try client.response().status == 400)
  }
}

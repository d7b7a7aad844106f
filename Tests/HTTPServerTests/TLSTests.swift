import Foundation
import HTTPClient
import HTTPServer
import Runtime
import TestSupport
import Testing

/// HTTPS, with Debian's openssl and our own client on the other side.
@Suite struct TLSTests {
  private let folder = TemporaryFolder()

  private func tls(_ made: TestCertificate) throws -> HTTPServerTLS {
    try HTTPServerTLS(certificate: made.bytes(made.certificate), key: made.bytes(made.key))
  }

  private func client(_ server: TestServer, _ made: TestCertificate) throws -> HTTPClient {
    HTTPClient(
      HTTPEndpoint(ListenAddress(host: "127.0.0.1", port: server.port), isSecure: true),
      trust: try TLSTrust(certificates: made.certificate), timeout: .seconds(20))
  }

  /// What `openssl s_client` says to a server that it sends nothing.
  private func handshake(_ server: TestServer, _ arguments: [String]) throws -> String {
    let openssl = Process()
    openssl.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
    openssl.arguments = ["s_client", "-connect", "127.0.0.1:\(server.port)"] + arguments
    let output = Pipe()
    (openssl.standardInput, openssl.standardOutput, openssl.standardError) = (FileHandle.nullDevice, output, output)
    try openssl.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    openssl.waitUntilExit()
    return text
  }

  @Test func answersComeOverOneConnectionAtOnceAndFromOtherThreads() throws {
    let made = try TestCertificate("one", in: folder.path)
    let tls = try tls(made)
    let server = try TestServer {
      $0.tls = tls
    } handler: { exchange in
      let body = Array(exchange.body)
      if exchange.path == "/later" {
        _ = OwnedThread("later") { exchange.respond(HTTPResponse(status: 200, body: body)) }
      } else {
        exchange.respond(HTTPResponse(status: 200, body: body))
      }
    }
    let client = try client(server, made)
    var random = SeededRandom()
    for round in 0..<60 {
      let body = (0..<Int.random(in: 0...(round % 10 == 0 ? 2_000_000 : 3_000), using: &random)).map { _ in
        UInt8.random(in: 0...255, using: &random)
      }
      let answer = try client.send("POST", round % 2 == 0 ? "/later" : "/now", body: body)
      #expect(answer.status == 200 && answer.body == body, "round \(round)")
    }
    #expect(server.server.counters.connections.value == 1)
  }

  @Test func onlyTLS12AndLaterAndHTTP11AreSpoken() throws {
    let tls = try tls(TestCertificate("one", in: folder.path))
    let server = try TestServer {
      $0.tls = tls
    } handler: {
      $0.respond(.text(200, "\($0.identity ?? "")"))
    }
    let weak = ["-cipher", "ALL:@SECLEVEL=0"]
    #expect(try handshake(server, ["-tls1"] + weak).contains("Cipher is (NONE)"))
    #expect(try handshake(server, ["-tls1_1"] + weak).contains("Cipher is (NONE)"))
    #expect(try handshake(server, ["-tls1_2"]).contains("New, TLSv1.2, Cipher is ECDHE"))
    #expect(try handshake(server, ["-tls1_3"]).contains("New, TLSv1.3, Cipher is TLS_"))
    #expect(try handshake(server, ["-alpn", "h2,http/1.1"]).contains("ALPN protocol: http/1.1"))
  }

  @Test func aReplacedCertificateIsForNewConnectionsAndOldOnesGoOn() throws {
    let (old, new) = (try TestCertificate("old", in: folder.path), try TestCertificate("new", in: folder.path))
    let tls = try tls(old)
    let server = try TestServer {
      $0.tls = tls
    } handler: {
      $0.respond(.text(200, "here"))
    }
    let before = try client(server, old)
    #expect(try before.send("GET", "/").text == "here")
    for _ in 0..<20 {
      try tls.replace(certificate: new.bytes(new.certificate), key: new.bytes(new.key))
      try tls.replace(certificate: old.bytes(old.certificate), key: old.bytes(old.key))
    }
    try tls.replace(certificate: new.bytes(new.certificate), key: new.bytes(new.key))
    #expect(try before.send("GET", "/").text == "here")
    #expect(try client(server, new).send("GET", "/").text == "here")
    #expect(throws: HTTPClientError.self) { try client(server, old).send("GET", "/") }
    before.disconnect()
    try waitUntil { server.server.connections == 0 }
    // What cannot be used changes nothing.
    #expect(throws: HTTPServerError.self) { try tls.replace(certificate: old.bytes(old.certificate), key: []) }
    #expect(try client(server, new).send("GET", "/").text == "here")
  }

  @Test func aKeyOfAnotherPairAndWhatIsNoneAreRefusedBeforeAnythingStarts() throws {
    let (one, other) = (try TestCertificate("one", in: folder.path), try TestCertificate("other", in: folder.path))
    func reason(_ certificate: [UInt8], _ key: [UInt8]) -> String {
      do {
        _ = try HTTPServerTLS(certificate: certificate, key: key)
        return ""
      } catch {
        return "\(error)"
      }
    }
    let (certificate, key) = (try one.bytes(one.certificate), try one.bytes(one.key))
    #expect(reason(certificate, try other.bytes(other.key)).contains("the key is not this certificate's"))
    #expect(reason([], key).contains("holds no PEM certificate"))
    #expect(reason(Array("nonsense".utf8), key).contains("holds no PEM certificate"))
    #expect(reason(key, key).contains("holds no PEM certificate"))
    #expect(reason(certificate, []).contains("must be PEM without a password"))
    #expect(reason(certificate, certificate).contains("must be PEM without a password"))
    #expect(
      try HTTPServerTLS(certificate: certificate, key: key).expiresAt > WallClock.now / 1_000_000_000 + 29 * 86_400)
  }

  @Test func aHandshakeThatStallsOrDribblesIsCutAtTheDeadline() throws {
    let made = try TestCertificate("one", in: folder.path)
    let tls = try tls(made)
    let server = try TestServer {
      $0.tls = tls
      $0.requestDeadline = .milliseconds(400)
    } handler: {
      $0.respond(.text(200, "here"))
    }
    let silent = try TestClient(port: server.port)
    let dribbling = try TestClient(port: server.port)
    // The beginning of a record that promises 512 bytes of a ClientHello.
    let hello: [UInt8] = [22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3]
    let start = MonotonicClock.now
    var isCut = false
    for index in 0..<40 where !isCut {
      do {
        try dribbling.send([index < hello.count ? hello[index] : 0])
      } catch {
        isCut = true
      }
      MonotonicClock.sleep(for: .milliseconds(50))
    }
    #expect(isCut)
    #expect(try silent.isClosedByServer())
    #expect(MonotonicClock.now - start < 5_000_000_000)
    #expect(try client(server, made).send("GET", "/").text == "here")
  }

  @Test func plainHTTPGetsNoAnswerThere() throws {
    let tls = try tls(TestCertificate("one", in: folder.path))
    let server = try TestServer {
      $0.tls = tls
    } handler: {
      $0.respond(.text(200, "here"))
    }
    #expect(throws: TestClient.Failure.self) { try TestClient(port: server.port).get("/") }
  }
}

import HTTPClient
import TestSupport
import Testing

struct HTTPResponseParserTests {
  /// The answer when `text` arrives in pieces of `size` bytes; nil while it is not whole.
  private func parse(_ text: String, size: Int, headOnly: Bool = false) throws -> (HTTPClientResponse?, Bool) {
    var parser = HTTPResponseParser(headOnly: headOnly, limit: 1000)
    let bytes = Array(text.utf8)
    for start in stride(from: 0, to: bytes.count, by: size) {
      let piece = Array(bytes[start..<min(start + size, bytes.count)])
      if let response = try piece.withUnsafeBytes({ try parser.take($0) }) { return (response, parser.keepsAlive) }
    }
    return (parser.end(), parser.keepsAlive)
  }

  private static let whole = [
    ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: b\r\n\r\nhello", 200, "hello", true),
    ("HTTP/1.1 204 No Content\r\n\r\n", 204, "", true),
    ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n", 201, "", true),
    (
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\n\r\n", 200,
      "hello world", true
    ),
    ("HTTP/1.1 503 Busy\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno", 503, "no", false),
    ("HTTP/1.0 200 OK\r\n\r\nuntil the end", 200, "until the end", false),
  ]

  @Test func anAnswerIsTheSameInPiecesOfAnySize() throws {
    for (text, status, body, keepsAlive) in Self.whole {
      for size in 1...text.utf8.count {
        let (response, alive) = try parse(text, size: size)
        #expect(response?.status == status, "\(text) in pieces of \(size)")
        #expect(response?.text == body)
        #expect(alive == keepsAlive)
      }
    }
  }

  @Test func headersAreFoundByLowerCaseName() throws {
    #expect(try parse(Self.whole[0].0, size: 7).0?.header("x-a") == "b")
  }

  @Test func theAnswerToHeadHasNoBody() throws {
    let (response, _) = try parse("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", size: 100, headOnly: true)
    #expect(response?.body == [])
  }

  @Test(arguments: [
    "SMTP hello\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
  ])
  func whatIsNoAnswerIsAnError(text: String) {
    #expect(throws: HTTPClientError.self) { try parse(text, size: 1000) }
  }

  @Test func anythingDamagedEndsInAnErrorOrInNothing() {
    var random = SeededRandom()
    for _ in 0..<2000 {
      var bytes = Array(Self.whole.randomElement(using: &random)!.0.utf8)
      for _ in 0..<3 { bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...255, using: &random) }
      var parser = HTTPResponseParser(limit: 1000)
      _ = try? bytes.withUnsafeBytes { try parser.take($0) }
      _ = parser.end()
    }
  }
}

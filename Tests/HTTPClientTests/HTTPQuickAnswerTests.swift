import HTTPClient
import Testing

struct HTTPQuickAnswerTests {
  private func status(_ text: String) -> Int? { status(Array(text.utf8)) }
  private func status(_ bytes: [UInt8]) -> Int? { bytes.withUnsafeBytes { HTTPQuickAnswer.status(of: $0) } }

  @Test(arguments: [
    ("HTTP/1.1 204 No Content\r\n\r\n", 204),
    ("HTTP/1.1 204 No Content\r\nContent-Length: 7\r\n\r\n", 204),
    ("HTTP/1.1 200 OK\r\ncontent-length: 5\r\nX: y\r\n\r\nhello", 200),
    ("HTTP/1.1 503 Busy\r\nContent-Encoding: none\r\nContent-Length:0\r\n\r\n", 503),
  ])
  func aWholeAnswerThatSaysItsLengthIsRead(text: String, expected: Int) {
    #expect(status(text) == expected)
    let bytes = Array(text.utf8)
    for cut in bytes.indices { #expect(status(Array(bytes[..<cut])) == nil, "\(cut) bytes of \(text)") }
    #expect(status(text + "H") == nil)
  }

  @Test(arguments: [
    "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n", "HTTP/1.1 204 No Content\r\nc\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    "HTTP/1.1 2x0 OK\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 1x\r\n\r\nab", "",
    "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999999\r\n\r\n",
  ])
  func anythingElseIsLeftToTheParser(text: String) {
    #expect(status(text) == nil)
  }
}

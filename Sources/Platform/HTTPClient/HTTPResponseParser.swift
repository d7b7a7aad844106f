import Glibc
import Runtime

/// Puts an answer together from the pieces in which it arrives. A value without IO.
package struct HTTPResponseParser {
  private enum Phase {
    case head
    case body(remaining: Int)
    case chunks
    case untilClose
  }

  private let headOnly: Bool
  private let limit: Int
  private var phase = Phase.head
  private var pending: [UInt8] = []
  private var status = 0
  private var headers: [(name: String, value: String)] = []
  private var body: [UInt8] = []
  /// Whether the connection may carry another request after this answer.
  package private(set) var keepsAlive = true

  package init(headOnly: Bool = false, limit: Int) {
    self.headOnly = headOnly
    self.limit = limit
  }

  /// Takes the next bytes; returns the answer when it is whole. Bytes beyond it are a fault of the server.
  package mutating func take(_ bytes: UnsafeRawBufferPointer) throws(HTTPClientError) -> HTTPClientResponse? {
    guard pending.count + body.count + bytes.count <= limit else {
      throw HTTPClientError("the answer is larger than \(limit) bytes", kind: .badAnswer)
    }
    if case .body(let remaining) = phase {
      return appendBody(bytes, remaining: remaining)
    }
    pending.append(contentsOf: bytes)
    while true {
      switch phase {
      case .head:
        guard let end = Self.endOfHead(pending) else { return nil }
        try readHead(Array(pending[..<end]))
        pending.removeFirst(end)
        if status >= 100 && status < 200 {
          phase = .head
          headers = []
          continue
        }
        if headOnly || status == 204 || status == 304 { return whole() }
        if case .untilClose = phase { keepsAlive = false }
      case .body(let remaining):
        let rest = pending
        pending = []
        return rest.withUnsafeBytes { appendBody($0, remaining: remaining) }
      case .chunks:
        return try readChunks() ? whole() : nil
      case .untilClose:
        body += pending
        pending = []
        return nil
      }
    }
  }

  /// The server closed the connection: the answer, where it ends with that.
  package func end() -> HTTPClientResponse? {
    if case .untilClose = phase { return whole() }
    return nil
  }

  private func whole() -> HTTPClientResponse {
    HTTPClientResponse(status: status, headers: headers, body: body)
  }

  private mutating func appendBody(_ bytes: UnsafeRawBufferPointer, remaining: Int) -> HTTPClientResponse? {
    let taken = min(remaining, bytes.count)
    body.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[..<taken]))
    phase = .body(remaining: remaining - taken)
    return remaining == taken ? whole() : nil
  }

  private mutating func readHead(_ bytes: [UInt8]) throws(HTTPClientError) {
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n", omittingEmptySubsequences: true)
    guard let first = lines.first else { throw HTTPClientError("the answer has no status line", kind: .badAnswer) }
    let words = first.split(separator: " ", maxSplits: 2)
    guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let number = Int(words[1]) else {
      throw HTTPClientError("the answer is not HTTP: '\(first.prefix(80))'", kind: .badAnswer)
    }
    status = number
    keepsAlive = words[0] == "HTTP/1.1"
    phase = .untilClose
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: ":") else { continue }
      let name = line[..<colon].lowercased()
      let value = String(line[line.index(after: colon)...].drop { $0 == " " })
      headers.append((name, value))
      if name == "content-length" {
        guard let count = Int(value), count >= 0, count <= limit else {
          throw HTTPClientError("the answer has a bad Content-Length '\(value)'", kind: .badAnswer)
        }
        phase = .body(remaining: count)
      } else if name == "transfer-encoding", value.lowercased() == "chunked" {
        phase = .chunks
      } else if name == "connection", value.lowercased() == "close" {
        keepsAlive = false
      }
    }
  }

  /// True once the last chunk has come.
  private mutating func readChunks() throws(HTTPClientError) -> Bool {
    while let lineEnd = Self.endOfLine(pending, from: 0) {
      let text = String(decoding: pending[..<lineEnd], as: UTF8.self)
      guard let size = Int(text.split(separator: ";").first ?? "", radix: 16), size >= 0, size <= limit else {
        throw HTTPClientError("the answer has a bad chunk size '\(text.prefix(20))'", kind: .badAnswer)
      }
      let start = lineEnd + 2
      if size == 0 {
        guard pending.count >= start + 2 else { return false }
        return true
      }
      guard pending.count >= start + size + 2 else { return false }
      body += pending[start..<start + size]
      pending.removeFirst(start + size + 2)
    }
    return false
  }

  private static func endOfLine(_ bytes: [UInt8], from: Int) -> Int? {
    var index = from
    while index + 1 < bytes.count {
      if bytes[index] == 0x0D && bytes[index + 1] == 0x0A { return index }
      index += 1
    }
    return nil
  }

  private static func endOfHead(_ bytes: [UInt8]) -> Int? {
    var index = 0
    while index + 3 < bytes.count {
      if bytes[index] == 0x0D && bytes[index + 1] == 0x0A && bytes[index + 2] == 0x0D && bytes[index + 3] == 0x0A {
        return index + 4
      }
      index += 1
    }
    return nil
  }
}

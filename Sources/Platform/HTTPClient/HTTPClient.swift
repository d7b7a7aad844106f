import Glibc
package import Runtime

/// What went wrong between a request and its answer.
package struct HTTPClientError: Error, CustomStringConvertible {
  package let description: String
  package init(_ description: String) { self.description = description }
}

/// An answer: status, headers with lower-case names, body.
package struct HTTPClientResponse: Sendable {
  package let status: Int
  package let headers: [(name: String, value: String)]
  package let body: [UInt8]

  package func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
  package var text: String { String(decoding: body, as: UTF8.self) }
}

/// A small HTTP/1.1 client over one kept-alive TCP connection, blocking: for the programs' own talk with the services.
/// Confined to one thread.
package final class HTTPClient {
  package let address: ListenAddress
  private let timeout: Duration
  private var descriptor: Int32 = -1

  /// The largest answer that is taken.
  private static let responseLimit = 256 << 20

  package init(_ address: ListenAddress, timeout: Duration = .seconds(30)) {
    self.address = address
    self.timeout = timeout
  }

  deinit { disconnect() }

  /// Sends a request and waits for its answer. A connection that the server closed since the last answer is opened
  /// again, once, and only when nothing of the answer had come.
  package func send(
    _ method: String, _ target: String, headers: [(String, String)] = [], body: [UInt8] = []
  ) throws(HTTPClientError) -> HTTPClientResponse {
    var head = "\(method) \(target) HTTP/1.1\r\nHost: \(address)\r\n"
    for (name, value) in headers { head += "\(name): \(value)\r\n" }
    if !body.isEmpty || method == "POST" || method == "PUT" { head += "Content-Length: \(body.count)\r\n" }
    head += "\r\n"
    let request = Array(head.utf8) + body
    let wasOpen = descriptor >= 0
    do {
      return try exchange(request, headOnly: method == "HEAD")
    } catch {
      disconnect()
      guard wasOpen, error.description.hasPrefix(Self.closedEarly) else { throw error }
      return try exchange(request, headOnly: method == "HEAD")
    }
  }

  package func disconnect() {
    if descriptor >= 0 { close(descriptor) }
    descriptor = -1
  }

  private static let closedEarly = "the connection was closed before an answer"

  private func exchange(_ request: [UInt8], headOnly: Bool) throws(HTTPClientError) -> HTTPClientResponse {
    if descriptor < 0 { descriptor = try TCPConnection.open(address, timeout: timeout) }
    try write(request)
    var parser = HTTPResponseParser(headOnly: headOnly, limit: Self.responseLimit)
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 16)
    defer { chunk.deallocate() }
    var received = false
    while true {
      let count = read(descriptor, chunk.baseAddress, chunk.count)
      if count < 0 {
        if errno == EINTR { continue }
        let problem = errno
        disconnect()
        if problem == ECONNRESET && !received { throw HTTPClientError(Self.closedEarly) }
        throw failure("no answer", problem)
      }
      if count == 0 {
        disconnect()
        if !received { throw HTTPClientError(Self.closedEarly) }
        if let response = parser.end() { return response }
        throw HTTPClientError("the answer of \(address) was cut short")
      }
      received = true
      if let response = try parser.take(UnsafeRawBufferPointer(rebasing: chunk[..<count])) {
        if !parser.keepsAlive { disconnect() }
        return response
      }
    }
  }

  private func write(_ bytes: [UInt8]) throws(HTTPClientError) {
    var done = 0
    while done < bytes.count {
      let written = bytes.withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress! + done, $0.count - done, Int32(MSG_NOSIGNAL))
      }
      if written < 0 {
        if errno == EINTR { continue }
        if (errno == EPIPE || errno == ECONNRESET) && done == 0 { throw HTTPClientError(Self.closedEarly) }
        if errno == EPIPE || errno == ECONNRESET { return }  // An early answer may still be there to read.
        throw failure("cannot send", errno)
      }
      done += written
    }
  }

  private func failure(_ what: String, _ number: Int32) -> HTTPClientError {
    if number == EAGAIN {
      return HTTPClientError("\(what) from http://\(address) within \(timeout)")
    }
    return HTTPClientError("\(what) from http://\(address): \(String(cString: strerror(number)))")
  }
}

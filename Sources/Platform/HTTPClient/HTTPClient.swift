package import Runtime

/// A small HTTP/1.1 client over one kept-alive connection, plain or TLS, blocking: for the programs' own talk with the
/// services. Confined to one thread.
package final class HTTPClient {
  package let endpoint: HTTPEndpoint
  private let trust: TLSTrust?
  private let timeout: Duration
  private var connection: HTTPConnection?

  /// The largest answer that is taken.
  private static let responseLimit = 256 << 20
  /// A body of up to this many bytes goes out together with the headers.
  private static let joinedLimit = 16 << 10

  /// `timeout` is for each wait, not for a whole answer. `trust` is asked for https only; nil: the system's certificates.
  package init(_ endpoint: HTTPEndpoint, trust: TLSTrust? = nil, timeout: Duration = .seconds(30)) {
    self.endpoint = endpoint
    self.trust = trust
    self.timeout = timeout
  }

  package convenience init(_ address: ListenAddress, timeout: Duration = .seconds(30)) {
    self.init(HTTPEndpoint(address), timeout: timeout)
  }

  /// Sends a request and waits for its answer. A connection that the server closed since the last answer is opened
  /// again, once, and only when nothing of the answer had come.
  package func send(
    _ method: String, _ target: String, headers: [(String, String)] = [], body: [UInt8] = []
  ) throws(HTTPClientError) -> HTTPClientResponse {
    var head = "\(method) \(endpoint.basePath)\(target) HTTP/1.1\r\nHost: \(endpoint.address)\r\n"
    for (name, value) in headers { head += "\(name): \(value)\r\n" }
    if !body.isEmpty || method == "POST" || method == "PUT" { head += "Content-Length: \(body.count)\r\n" }
    head += "\r\n"
    var parts = [Array(head.utf8)]
    if body.count <= Self.joinedLimit { parts[0] += body } else { parts.append(body) }
    let wasOpen = connection != nil
    if let answer = try exchange(parts, headOnly: method == "HEAD") { return answer }
    if wasOpen, let answer = try exchange(parts, headOnly: method == "HEAD") { return answer }
    throw HTTPClientError("\(endpoint) closed the connection before an answer", kind: .closed)
  }

  package func disconnect() { connection = nil }

  /// Nil: the connection was closed before the first byte of an answer. It is given up after every error, and after an
  /// answer that came before all of the request was sent.
  private func exchange(_ parts: [[UInt8]], headOnly: Bool) throws(HTTPClientError) -> HTTPClientResponse? {
    do throws(HTTPClientError) {
      let open = try openConnection()
      var isSent = true
      for part in parts where isSent {
        isSent = try part.withUnsafeBufferPointer { (bytes) throws(HTTPClientError) in
          try open.write(UnsafeRawBufferPointer(bytes))
        }
      }
      let answer = try receive(open, headOnly: headOnly)
      if !isSent { disconnect() }
      return answer
    } catch {
      disconnect()
      throw error
    }
  }

  private func openConnection() throws(HTTPClientError) -> HTTPConnection {
    if let connection { return connection }
    let opened = try HTTPConnection(endpoint, trust: trust, timeout: timeout)
    connection = opened
    return opened
  }

  /// Nil: the connection was closed before the first byte.
  private func receive(_ open: HTTPConnection, headOnly: Bool) throws(HTTPClientError) -> HTTPClientResponse? {
    var parser = HTTPResponseParser(headOnly: headOnly, limit: Self.responseLimit)
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 16)
    defer { chunk.deallocate() }
    var received = false
    while true {
      let count = try open.read(into: chunk)
      if count == 0 {
        disconnect()
        if !received { return nil }
        if let response = parser.end() { return response }
        throw HTTPClientError("the answer of \(endpoint) was cut short", kind: .closed)
      }
      received = true
      if let response = try parser.take(UnsafeRawBufferPointer(rebasing: chunk[..<count])) {
        if !parser.keepsAlive { disconnect() }
        return response
      }
    }
  }
}

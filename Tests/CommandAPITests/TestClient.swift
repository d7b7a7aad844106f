import Glibc

/// One connection to a server on loopback, blocking, with a time limit on every read and write.
final class TestClient {
  struct Response {
    let status: Int
    /// Names in lower case.
    let headers: [(name: String, value: String)]
    let body: [UInt8]

    func header(_ name: String) -> String? { headers.first { $0.name == name.lowercased() }?.value }
    var text: String { String(decoding: body, as: UTF8.self) }
  }

  enum Failure: Error { case connect, send, closed, timeout, malformed(String) }

  private static let secondsLimit = 30
  private let descriptor: Int32
  private var pending: [UInt8] = []

  init(port: UInt16) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var limit = timeval(tv_sec: Self.secondsLimit, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let status = withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard status == 0 else { throw Failure.connect }
  }

  deinit { close(descriptor) }

  func request(
    _ method: String, _ path: String, _ headers: [String: String] = [:], body: [UInt8]? = nil
  ) throws -> Response {
    var head = "\(method) \(path) HTTP/1.1\r\nHost: test\r\n"
    for (name, value) in headers { head += "\(name): \(value)\r\n" }
    if let body { head += "Content-Length: \(body.count)\r\n" }
    try send(Array((head + "\r\n").utf8))
    // A server that refuses a body may close before it has all of it: the answer counts.
    if let body { try? send(body) }
    return try response(hasBody: method != "HEAD")
  }

  /// Sends bytes that need be no whole request.
  func sendRaw(_ bytes: [UInt8]) throws { try send(bytes) }

  /// The answer to what was sent raw.
  func receiveResponse() throws -> Response { try response(hasBody: true) }

  /// Reads until the server closes; throws `Failure.timeout` when it does not within the client's limit.
  func waitForClose() throws {
    var buffer = [UInt8](repeating: 0, count: 4_096)
    while true {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      if count == 0 || (count < 0 && errno == ECONNRESET) { return }
      if count < 0 { throw Failure.timeout }
    }
  }

  private func send(_ bytes: [UInt8]) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let sent = rest.withUnsafeBytes { buffer in
        Glibc.send(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL))
      }
      guard sent > 0 else { throw Failure.send }
      rest = rest.dropFirst(sent)
    }
  }

  private func response(hasBody: Bool) throws -> Response {
    let end = Array("\r\n\r\n".utf8)
    while pending.firstRange(of: end) == nil { try receive() }
    guard let range = pending.firstRange(of: end) else { throw Failure.closed }
    let lines = String(decoding: pending[..<range.lowerBound], as: UTF8.self).split(separator: "\r\n")
    pending.removeFirst(range.upperBound)
    guard let first = lines.first, let status = Int(first.dropFirst(9).prefix(3)) else {
      throw Failure.malformed(String(lines.first ?? ""))
    }
    let headers = lines.dropFirst().map { line in
      let colon = line.firstIndex(of: ":") ?? line.endIndex
      return (name: line[..<colon].lowercased(), value: String(line[colon...].dropFirst().drop { $0 == " " }))
    }
    let length = headers.first { $0.name == "content-length" }.flatMap { Int($0.value) } ?? 0
    guard hasBody, length > 0 else { return Response(status: status, headers: Array(headers), body: []) }
    while pending.count < length { try receive() }
    defer { pending.removeFirst(length) }
    return Response(status: status, headers: Array(headers), body: Array(pending.prefix(length)))
  }

  private func receive() throws {
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    guard count > 0 else { throw Failure.closed }
    pending.append(contentsOf: buffer[..<count])
  }
}

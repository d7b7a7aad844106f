import Glibc

/// One TCP connection to a server on loopback, blocking, with a time limit on every read and write.
final class TestClient {
  struct Response {
    var status: Int
    var headers: [(name: String, value: String)]
    var body: [UInt8]

    func header(_ name: String) -> String? { headers.first { $0.name == name.lowercased() }?.value }
    func all(_ name: String) -> [String] { headers.filter { $0.name == name.lowercased() }.map(\.value) }
    var text: String { String(decoding: body, as: UTF8.self) }
  }

  enum Failure: Error { case connect(Int32), send(Int32), closed, timeout, malformed(String) }

  private let descriptor: Int32
  private var pending: [UInt8] = []

  init(port: UInt16, family: Int32 = AF_INET, receiveBuffer: Int32? = nil, seconds: Int = 20) throws {
    descriptor = socket(family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    if var size = receiveBuffer { set(SO_RCVBUF, &size) }
    var limit = timeval(tv_sec: seconds, tv_usec: 0)
    set(SO_RCVTIMEO, &limit)
    set(SO_SNDTIMEO, &limit)
    // Headers and body are two writes: the second must not wait for the first one's acknowledgement.
    var yes: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
    let status = family == AF_INET6 ? Self.connect6(descriptor, port) : Self.connect4(descriptor, port)
    if status != 0 { throw Failure.connect(errno) }
  }

  deinit { close(descriptor) }

  func send(_ text: String) throws { try send(Array(text.utf8)) }

  func send(_ bytes: [UInt8]) throws {
    var done = 0
    while done < bytes.count {
      let sent = bytes.withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress! + done, $0.count - done, Int32(MSG_NOSIGNAL))
      }
      guard sent > 0 else { throw Failure.send(errno) }
      done += sent
    }
  }

  func post(_ path: String, _ body: [UInt8], headers: String = "") throws -> Response {
    try send("POST \(path) HTTP/1.1\r\nHost: test\r\n\(headers)Content-Length: \(body.count)\r\n\r\n")
    try send(body)
    return try response()
  }

  func get(_ path: String, method: String = "GET", headers: String = "") throws -> Response {
    try send("\(method) \(path) HTTP/1.1\r\nHost: test\r\n\(headers)\r\n")
    return try response(hasBody: method != "HEAD")
  }

  /// Reads one response; interim ones (1xx) are responses of their own.
  func response(hasBody: Bool = true) throws -> Response {
    let lines = String(decoding: try take(through: Array("\r\n\r\n".utf8)), as: UTF8.self)
      .split(separator: "\r\n").map(String.init)
    guard let first = lines.first, first.hasPrefix("HTTP/1.1 "), let status = Int(first.dropFirst(9).prefix(3)) else {
      throw Failure.malformed(lines.first ?? "")
    }
    let headers = lines.dropFirst().map { line in
      let colon = line.firstIndex(of: ":") ?? line.endIndex
      return (
        name: line[..<colon].lowercased(), value: String(line[colon...].dropFirst().drop { $0 == " " })
      )
    }
    var response = Response(status: status, headers: Array(headers), body: [])
    let length = response.header("content-length").flatMap { Int($0) } ?? 0
    if hasBody, length > 0 { response.body = try take(length) }
    return response
  }

  /// Whether the server ends the connection, within the client's time limit, having sent nothing more.
  func isClosedByServer() throws -> Bool {
    do {
      let more = try receive()
      return more == 0 && pending.isEmpty
    } catch Failure.closed {
      return true
    }
  }

  /// Ends the sending side only.
  func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

  private func take(_ count: Int) throws -> [UInt8] {
    while pending.count < count {
      if try receive() == 0 { throw Failure.closed }
    }
    defer { pending.removeFirst(count) }
    return Array(pending.prefix(count))
  }

  private func take(through end: [UInt8]) throws -> [UInt8] {
    while true {
      if let range = pending.firstRange(of: end) { return try take(range.upperBound) }
      if try receive() == 0 { throw Failure.closed }
    }
  }

  /// Bytes received, 0 at the end of the stream.
  private func receive() throws -> Int {
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    if count < 0 { throw errno == EAGAIN ? Failure.timeout : Failure.closed }
    pending.append(contentsOf: buffer[..<count])
    return count
  }

  private func set<Value: BitwiseCopyable>(_ option: Int32, _ value: inout Value) {
    setsockopt(descriptor, SOL_SOCKET, option, &value, socklen_t(MemoryLayout<Value>.size))
  }

  private static func connect4(_ descriptor: Int32, _ port: UInt16) -> Int32 {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }

  private static func connect6(_ descriptor: Int32, _ port: UInt16) -> Int32 {
    var address = sockaddr_in6()
    address.sin6_family = sa_family_t(AF_INET6)
    address.sin6_port = port.bigEndian
    address.sin6_addr = in6addr_loopback
    return withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in6>.size))
      }
    }
  }
}

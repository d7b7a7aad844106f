import Glibc
import Runtime

/// One open connection, plain or TLS, blocking within its time-out. Confined to one thread; closed when it goes.
final class HTTPConnection {
  private let endpoint: HTTPEndpoint
  private let timeout: Duration
  private let descriptor: Int32
  private let session: TLSSession?

  /// The most that is given to the kernel between two looks at whether the answer is there already.
  private static let pieceSize = 128 << 10

  init(_ endpoint: HTTPEndpoint, trust: TLSTrust?, timeout: Duration) throws(HTTPClientError) {
    self.endpoint = endpoint
    self.timeout = timeout
    let opened = try TCPConnection.open(endpoint.address, timeout: timeout)
    do throws(HTTPClientError) {
      session = try Self.secure(endpoint, trust, opened)
    } catch {
      close(opened)
      throw error
    }
    descriptor = opened
  }

  deinit {
    session?.end()
    close(descriptor)
  }

  /// Sends all of `bytes`: true. False: not all of it, because an answer is there already (a server that refuses a request
  /// by its headers need not take its body), or because the other side closed, perhaps after an answer.
  func write(_ bytes: UnsafeRawBufferPointer) throws(HTTPClientError) -> Bool {
    var rest = bytes
    while !rest.isEmpty {
      let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(Self.pieceSize))
      if rest.count < bytes.count, isReadable { return false }
      guard let count = try writeSome(piece) else { return false }
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
    return true
  }

  /// The next bytes; 0: the other side closed or reset the connection.
  func read(into bytes: UnsafeMutableRawBufferPointer) throws(HTTPClientError) -> Int {
    if let session {
      do throws(TLSSession.Failure) { return try session.read(into: bytes) } catch { throw failure("no answer", error) }
    }
    while true {
      let count = Glibc.read(descriptor, bytes.baseAddress, bytes.count)
      if count >= 0 { return count }
      switch errno {
      case EINTR: continue
      case ECONNRESET: return 0
      default: throw failure("no answer", errno)
      }
    }
  }

  private static func secure(
    _ endpoint: HTTPEndpoint, _ trust: TLSTrust?, _ descriptor: Int32
  ) throws(HTTPClientError) -> TLSSession? {
    guard endpoint.isSecure else { return nil }
    if let trust { return try TLSSession(trust, descriptor: descriptor, host: endpoint.address.host) }
    return try TLSSession(try TLSTrust(), descriptor: descriptor, host: endpoint.address.host)
  }

  private var isReadable: Bool {
    var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&entry, 1, 0) > 0
  }

  /// Nil: the other side closed.
  private func writeSome(_ bytes: UnsafeRawBufferPointer) throws(HTTPClientError) -> Int? {
    if let session { return try writeSecure(session, bytes) }
    return try writePlain(bytes)
  }

  private func writePlain(_ bytes: UnsafeRawBufferPointer) throws(HTTPClientError) -> Int? {
    while true {
      let count = Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
      if count >= 0 { return count }
      switch errno {
      case EINTR: continue
      case EPIPE, ECONNRESET: return nil
      default: throw failure("cannot send", errno)
      }
    }
  }

  private func writeSecure(_ session: TLSSession, _ bytes: UnsafeRawBufferPointer) throws(HTTPClientError) -> Int? {
    do throws(TLSSession.Failure) {
      return try session.write(bytes)
    } catch {
      if case .closed = error { return nil }
      throw failure("cannot send", error)
    }
  }

  private func failure(_ what: String, _ number: Int32) -> HTTPClientError {
    if number == EAGAIN { return timedOut(what) }
    return HTTPClientError("\(what): \(endpoint): \(String(cString: strerror(number)))", kind: .closed)
  }

  private func failure(_ what: String, _ failure: TLSSession.Failure) -> HTTPClientError {
    switch failure {
    case .timedOut: timedOut(what)
    case .closed: HTTPClientError("\(what): \(endpoint) closed the connection", kind: .closed)
    case .broken(let text): HTTPClientError("\(what): \(endpoint): \(text)", kind: .closed)
    }
  }

  private func timedOut(_ what: String) -> HTTPClientError {
    HTTPClientError("\(what): \(endpoint) did nothing for \(timeout)", kind: .timedOut)
  }
}

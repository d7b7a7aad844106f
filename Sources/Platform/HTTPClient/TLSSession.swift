import CTLS
import Glibc

/// TLS over one connected socket, which stays the caller's to close. Blocking, within the socket's time-outs; confined to
/// one thread.
final class TLSSession {
  enum Failure: Error {
    case timedOut
    case closed
    case broken(String)
  }

  private let session: OpaquePointer

  /// Shakes hands; the certificate must be valid for `host`, a name or an IP address.
  init(_ trust: TLSTrust, descriptor: Int32, host: String) throws(HTTPClientError) {
    guard let session = SSL_new(trust.context), SSL_set_fd(session, descriptor) == 1 else {
      throw HTTPClientError("cannot set up TLS: \(TLSError.last)")
    }
    self.session = session
    try Self.expect(host, session)
    ERR_clear_error()
    guard SSL_connect(session) == 1 else { throw handshakeFailure(host) }
  }

  deinit { SSL_free(session) }

  /// Says goodbye, without waiting for the other side's.
  func end() { SSL_shutdown(session) }

  func write(_ bytes: UnsafeRawBufferPointer) throws(Failure) -> Int {
    try transfer { SSL_write(session, bytes.baseAddress, Int32(clamping: bytes.count)) }
  }

  /// Zero once the other side has said goodbye.
  func read(into bytes: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
    do {
      return try transfer { SSL_read(session, bytes.baseAddress, Int32(clamping: bytes.count)) }
    } catch .closed {
      return 0
    }
  }

  private func transfer(_ call: () -> Int32) throws(Failure) -> Int {
    while true {
      ERR_clear_error()
      errno = 0
      let count = call()
      if count > 0 { return Int(count) }
      let number = errno
      switch SSL_get_error(session, count) {
      case SSL_ERROR_ZERO_RETURN: throw .closed
      case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE:
        if number == EINTR { continue }
        throw .timedOut
      case SSL_ERROR_SYSCALL where number == EPIPE || number == ECONNRESET || number == 0: throw .closed
      case SSL_ERROR_SYSCALL: throw .broken(String(cString: strerror(number)))
      default:
        let text = TLSError.last
        // A connection cut without goodbye.
        if text.contains("unexpected eof") { throw .closed }
        throw .broken(text)
      }
    }
  }

  private static func expect(_ host: String, _ session: OpaquePointer) throws(HTTPClientError) {
    var address = in6_addr()
    let isAddress = inet_pton(AF_INET, host, &address) == 1 || inet_pton(AF_INET6, host, &address) == 1
    let status: Int32
    if isAddress {
      status = X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), host)
    } else {
      SSL_set_hostflags(session, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
      status = SSL_set1_host(session, host) == 1 ? daybook_tls_set_server_name(session, host) : 0
    }
    guard status == 1 else { throw HTTPClientError("cannot verify the host name '\(host)': \(TLSError.last)") }
  }

  private func handshakeFailure(_ host: String) -> HTTPClientError {
    let number = errno
    let verdict = SSL_get_verify_result(session)
    if verdict != Int(X509_V_OK) {
      ERR_clear_error()
      let reason = X509_verify_cert_error_string(verdict).map { String(cString: $0) } ?? "error \(verdict)"
      return HTTPClientError(
        "cannot trust https://\(host): \(reason) (name the authority's certificate with --ca FILE, and call the service "
          + "by a name that its certificate has)", kind: .untrusted)
    }
    let code = ERR_peek_last_error()
    let text =
      code == 0 ? (number == 0 ? "the connection was closed" : String(cString: strerror(number))) : TLSError.last
    let isTimeout = number == EAGAIN
    return HTTPClientError(
      "cannot agree on TLS with https://\(host): \(isTimeout ? "no answer in time" : text)"
        + (text.contains("wrong version number") ? " (does the service speak plain http?)" : ""),
      kind: isTimeout ? .timedOut : code == 0 || text.contains("unexpected eof") ? .closed : .other)
  }
}

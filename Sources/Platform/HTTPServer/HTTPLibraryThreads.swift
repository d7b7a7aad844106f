import CMicroHTTP
import Glibc

/// HTTPS: threads of libmicrohttpd's own, which wait in a way that a TLS handshake agrees with: see `daybook_mhd_start`.
///
/// `@unchecked Sendable`: the daemon's pointer is used by whoever stops the server, after libmicrohttpd has started.
final class HTTPLibraryThreads: HTTPThreads, @unchecked Sendable {
  /// TLS 1.2 and later; the server's order of ciphers.
  private static let priorities = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:%SERVER_PRECEDENCE"

  /// They take connections in as it comes: where they were two, one may have all the work.
  private static let leastThreads = 4

  private let context: HTTPThreadContext
  private let daemon: OpaquePointer
  private let listening: Int32

  /// `listening` is closed by `stop`, or stays the caller's when this throws.
  init(_ dispatcher: HTTPDispatcher, listening: Int32, _ credentials: TLSCredentials) throws(HTTPServerError) {
    context = HTTPThreadContext(dispatcher, mailbox: nil)
    var settings = HTTPCallbacks.settings(context)
    errno = 0
    // Texts are lent to C for the call: libmicrohttpd reads them while it starts.
    let started = credentials.withTexts { certificate, key in
      Self.priorities.withCString { priorities in
        var tls = daybook_mhd_tls(
          listen_socket: listening, threads: UInt32(max(Self.leastThreads, dispatcher.settings.threads)),
          certificate: certificate, key: key, priorities: priorities)
        return daybook_mhd_start(&settings, &tls)
      }
    }
    guard let started else { throw .cannotStart(reason: HTTPServerError.libraryReason()) }
    daemon = started
    self.listening = listening
  }

  func stopAccepting() {
    MHD_quiesce_daemon(daemon)
    // New clients are refused by the kernel from here on. Closing would free the number while a thread may still use it.
    shutdown(listening, Int32(SHUT_RDWR))
  }

  func stop() {
    MHD_stop_daemon(daemon)
    close(listening)
  }
}

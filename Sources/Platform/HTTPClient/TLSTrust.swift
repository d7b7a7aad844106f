import CTLS
import Glibc

/// Whom a client believes: the certificates that vouch for servers. TLS 1.2 or newer, chain and host name are
/// verified, unless it says otherwise by its name.
///
/// `@unchecked Sendable`: an SSL_CTX counts its users atomically, and nothing changes it after `init`.
package final class TLSTrust: @unchecked Sendable {
  let context: OpaquePointer

  /// `certificates`: a PEM file of the only authorities (or self-signed server certificates) to believe; nil: the
  /// system's. SIGPIPE is ignored in this process from then on, because OpenSSL writes to sockets without a flag against
  /// it.
  package init(certificates file: String? = nil) throws(HTTPClientError) {
    context = try Self.makeContext()
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
    let status =
      file.map { SSL_CTX_load_verify_locations(context, $0, nil) } ?? SSL_CTX_set_default_verify_paths(context)
    guard status == 1 else {
      throw HTTPClientError(
        "cannot read certificates from \(file ?? "the system's folder"): expected a file of PEM certificates: "
          + TLSError.last)
    }
  }

  /// Believes every server, so it says nothing of who answers: for asking a child of one's own whether it is ready, and
  /// for nothing that is secret.
  package init(verifyingNothing: Void) throws(HTTPClientError) {
    context = try Self.makeContext()
    SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nil)
  }

  private static func makeContext() throws(HTTPClientError) -> OpaquePointer {
    signal(SIGPIPE, SIG_IGN)
    guard let context = SSL_CTX_new(TLS_client_method()), daybook_tls_require_1_2(context) == 1 else {
      throw HTTPClientError("cannot set up TLS: \(TLSError.last)")
    }
    return context
  }

  deinit { SSL_CTX_free(context) }
}

import Synchronization

/// What a server proves itself with. It can be replaced while the server runs: connections made from then on get the new
/// one. Any thread.
package final class HTTPServerTLS: Sendable {
  private let credentials: Mutex<TLSCredentials>

  /// - Parameters:
  ///   - certificate: PEM: the server's certificate first, then those that lead to the root.
  ///   - key: PEM: the certificate's private key, not encrypted.
  package init(certificate: [UInt8], key: [UInt8]) throws(HTTPServerError) {
    credentials = Mutex(try TLSCredentials(certificate: certificate, key: key))
  }

  /// Throws, and changes nothing, when the two cannot be used.
  package func replace(certificate: [UInt8], key: [UInt8]) throws(HTTPServerError) {
    let made = try TLSCredentials(certificate: certificate, key: key)
    credentials.withLock { $0 = made }
  }

  /// Seconds since 1970 after which the certificate is good for nobody.
  package var expiresAt: Int64 { current.expiresAt }

  var current: TLSCredentials { credentials.withLock { $0 } }
}

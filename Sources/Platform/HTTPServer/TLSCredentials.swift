import CMicroHTTP

/// A certificate with its key, as GnuTLS holds them.
///
/// `@unchecked Sendable`: GnuTLS allows sessions of many threads to use credentials that nobody changes, and nobody does
/// after `init`. Sessions point at them, so they must outlive the sessions.
final class TLSCredentials: @unchecked Sendable {
  private let handle: gnutls_certificate_credentials_t
  /// PEM, ended by NUL, for libmicrohttpd's own start.
  private let certificate: [CChar]
  private let key: [CChar]
  /// Seconds since 1970 after which the server's certificate is good for nobody.
  let expiresAt: Int64

  /// PEM. Throws when one of them cannot be read, or when they do not belong together.
  init(certificate: [UInt8], key: [UInt8]) throws(HTTPServerError) {
    expiresAt = try Self.expiry(certificate)
    var made: gnutls_certificate_credentials_t?
    guard gnutls_certificate_allocate_credentials(&made) == 0, let made else {
      throw .cannotStart(reason: "no memory for the TLS certificate")
    }
    let status = Self.withDatum(certificate) { certificate in
      Self.withDatum(key) { key in gnutls_certificate_set_x509_key_mem(made, &certificate, &key, GNUTLS_X509_FMT_PEM) }
    }
    guard status >= 0 else {
      gnutls_certificate_free_credentials(made)
      throw .invalidCertificate(reason: Self.reason(status))
    }
    handle = made
    self.certificate = certificate.map { CChar(bitPattern: $0) } + [0]
    self.key = key.map { CChar(bitPattern: $0) } + [0]
  }

  deinit { gnutls_certificate_free_credentials(handle) }

  /// To be called before the session's handshake.
  func use(for session: gnutls_session_t) {
    gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, UnsafeMutableRawPointer(handle))
    // What is spoken on this port (RFC 7301): a client that offers HTTP/2 as well takes this, others need not ask.
    var name = Array("http/1.1".utf8)
    name.withUnsafeMutableBufferPointer { bytes in
      var datum = gnutls_datum_t(data: bytes.baseAddress, size: UInt32(bytes.count))
      gnutls_alpn_set_protocols(session, &datum, 1, 0)
    }
  }

  func withTexts<Result>(_ body: (_ certificate: UnsafePointer<CChar>?, _ key: UnsafePointer<CChar>?) -> Result)
    -> Result
  {
    certificate.withUnsafeBufferPointer { certificate in
      key.withUnsafeBufferPointer { key in body(certificate.baseAddress, key.baseAddress) }
    }
  }

  private static func expiry(_ certificate: [UInt8]) throws(HTTPServerError) -> Int64 {
    var parsed: gnutls_x509_crt_t?
    guard gnutls_x509_crt_init(&parsed) == 0, let parsed else {
      throw .cannotStart(reason: "no memory for the TLS certificate")
    }
    defer { gnutls_x509_crt_deinit(parsed) }
    let status = withDatum(certificate) { gnutls_x509_crt_import(parsed, &$0, GNUTLS_X509_FMT_PEM) }
    guard status >= 0 else {
      throw .invalidCertificate(
        reason: "the certificate file holds no PEM certificate: \(String(cString: gnutls_strerror(status)))")
    }
    return Int64(gnutls_x509_crt_get_expiration_time(parsed))
  }

  private static func reason(_ status: Int32) -> String {
    if status == GNUTLS_E_CERTIFICATE_KEY_MISMATCH { return "the key is not this certificate's: give both of one pair" }
    return "\(String(cString: gnutls_strerror(status))); the key must be PEM without a password"
  }

  private static func withDatum<Result>(_ bytes: [UInt8], _ body: (inout gnutls_datum_t) -> Result) -> Result {
    var bytes = bytes
    return bytes.withUnsafeMutableBufferPointer { buffer in
      var datum = gnutls_datum_t(data: buffer.baseAddress, size: UInt32(buffer.count))
      return body(&datum)
    }
  }
}

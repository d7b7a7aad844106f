package import HTTPServer
package import Runtime

/// The files of a certificate and its key.
package struct TLSFiles: Sendable {
  /// PEM: the server's certificate, then those that lead to the root.
  package let certificate: String
  /// PEM, not encrypted; only its owner may read it.
  package let key: String

  package init(certificate: String, key: String) {
    self.certificate = certificate
    self.key = key
  }

  package func load() throws(TLSFilesError) -> HTTPServerTLS {
    let (certificate, key) = try read()
    do throws(HTTPServerError) {
      return try HTTPServerTLS(certificate: certificate, key: key)
    } catch {
      throw failure(error.description)
    }
  }

  /// Has `tls` use what the files hold, now and after each change. Files that do not go together, as between two writes
  /// of one renewal, leave it as it was.
  package func watch(_ tls: HTTPServerTLS, logger: Logger) throws(TLSFilesError) -> FileWatch {
    try FileWatch("TLS certificate", paths: [certificate, key], logger: logger) { () throws(TLSFilesError) in
      let (certificate, key) = try read()
      do throws(HTTPServerError) {
        try tls.replace(certificate: certificate, key: key)
      } catch {
        throw failure(error.description)
      }
      warn(tls, logger)
    }
  }

  /// Days before the end of a certificate from which on its loading is logged as a warning.
  private static let warningDays: Int64 = 14

  private func warn(_ tls: HTTPServerTLS, _ logger: Logger) {
    let left = tls.expiresAt - WallClock.now / 1_000_000_000
    guard left < Self.warningDays * 86_400 else { return }
    logger.warning(
      left < 0 ? "the TLS certificate has expired: clients will refuse it" : "the TLS certificate expires soon",
      ["file": certificate, "expires": RFC3339.text(nanoseconds: tls.expiresAt * 1_000_000_000, fractionDigits: 0)])
  }

  private func read() throws(TLSFilesError) -> (certificate: [UInt8], key: [UInt8]) {
    do throws(SecretFileError) {
      return (try SecretFile(certificate).readPublic(), try SecretFile(key).read())
    } catch {
      throw TLSFilesError(description: error.description)
    }
  }

  private func failure(_ problem: String) -> TLSFilesError {
    TLSFilesError(description: "\(problem) (\(certificate), \(key))")
  }
}

/// Why certificate and key cannot be used. Holds the files' names, and nothing that stands in them.
package struct TLSFilesError: Error, Sendable, CustomStringConvertible {
  package let description: String
}

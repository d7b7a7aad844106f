import Glibc

/// Why a server does not start.
package enum HTTPServerError: Error, CustomStringConvertible {
  case cannotListen(address: String, reason: String, advice: String)
  case cannotStart(reason: String)
  /// Certificate or key cannot be used, or are not of one pair.
  case invalidCertificate(reason: String)

  package var description: String {
    switch self {
    case .cannotListen(let address, let reason, let advice): "cannot listen on \(address): \(reason); \(advice)"
    case .cannotStart(let reason): "cannot start the HTTP server: \(reason)"
    case .invalidCertificate(let reason): "cannot use the TLS certificate and key: \(reason)"
    }
  }

  /// What is known of a start that libmicrohttpd refused, from `errno`.
  static func libraryReason() -> String {
    errno == 0 ? "libmicrohttpd does not say why" : String(cString: strerror(errno))
  }
}

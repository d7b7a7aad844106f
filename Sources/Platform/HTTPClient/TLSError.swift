import CTLS

/// OpenSSL's queue of errors of the calling thread.
enum TLSError {
  /// Its newest entry as text; the queue is empty afterwards.
  static var last: String {
    let code = ERR_peek_last_error()
    ERR_clear_error()
    guard code != 0 else { return "no reason given" }
    return ERR_reason_error_string(code).map { String(cString: $0) } ?? "OpenSSL error \(code)"
  }
}

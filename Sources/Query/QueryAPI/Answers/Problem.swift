import Runtime

/// An error's answer, `application/problem+json` (RFC 9457).
package struct Problem: Sendable {
  /// HTTP status.
  package let status: Int
  /// For programs; never changes.
  package let code: String
  /// What is wrong with this request and what to do.
  package let detail: String
  /// Members beside the standard ones: name and text.
  package var extras: [(name: String, value: String)] = []
  package var retryAfterSeconds: Int?

  package init(
    status: Int, code: String, detail: String, extras: [(name: String, value: String)] = [],
    retryAfterSeconds: Int? = nil
  ) {
    self.status = status
    self.code = code
    self.detail = detail
    self.extras = extras
    self.retryAfterSeconds = retryAfterSeconds
  }

  package static let contentType = "application/problem+json"

  package var body: [UInt8] {
    var writer = JSONWriter()
    writer.raw("{\"type\":\"about:blank\",\"title\":")
    writer.string(Self.title(status))
    writer.raw(",\"status\":")
    writer.integer(Int64(status))
    writer.raw(",\"code\":")
    writer.string(code)
    writer.raw(",\"detail\":")
    writer.string(detail)
    for extra in extras {
      writer.key(extra.name, isFirst: false)
      writer.string(extra.value)
    }
    writer.raw("}\n")
    return writer.bytes
  }

  private static func title(_ status: Int) -> String {
    switch status {
    case 400: "Bad Request"
    case 401: "Unauthorized"
    case 403: "Forbidden"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    case 406: "Not Acceptable"
    case 413: "Content Too Large"
    case 421: "Misdirected Request"
    case 500: "Internal Server Error"
    case 503: "Service Unavailable"
    case 504: "Gateway Timeout"
    default: "Error"
    }
  }
}

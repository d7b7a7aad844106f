import Runtime

/// Errors of the native API (RFC 9457). Beside the standard members: `code`, and where the body was looked at `errors`
/// (the first bad parts); of samples also `rejected` (how many there are) and `accepted`.
enum ProblemDocument {
  static func body(_ fault: RequestFault) -> [UInt8] {
    var json = JSONWriter()
    json.beginObject()
    json.member("type", "about:blank")
    json.member("title", title(fault.status))
    json.member("status", fault.status)
    json.member("code", fault.code)
    json.member("detail", fault.detail)
    if let seconds = fault.retryAfterSeconds { json.member("retryAfter", seconds) }
    if let total = fault.partsTotal {
      json.member("accepted", 0)
      json.member("rejected", total)
    }
    if !fault.parts.isEmpty {
      json.name("errors")
      json.beginArray()
      for part in fault.parts { write(part, to: &json) }
      json.endArray()
    }
    json.endObject()
    return json.document
  }

  static func write(_ part: RequestFault.Part, to json: inout JSONWriter) {
    json.beginObject()
    switch part.place {
    case .index(let index): json.member("index", index)
    case .line(let line): json.member("line", line)
    case .pointer(let pointer): json.member("pointer", pointer)
    }
    json.member("code", part.code)
    json.member("detail", part.detail)
    json.endObject()
  }

  /// RFC 9457 wants the status' own phrase where `type` is about:blank.
  private static func title(_ status: Int) -> String {
    switch status {
    case 400: "Bad Request"
    case 401: "Unauthorized"
    case 403: "Forbidden"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    case 413: "Content Too Large"
    case 415: "Unsupported Media Type"
    case 421: "Misdirected Request"
    case 422: "Unprocessable Content"
    case 503: "Service Unavailable"
    default: "Internal Server Error"
    }
  }
}

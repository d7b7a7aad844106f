import Runtime

/// Errors as InfluxDB words them, with the bad lines beside: agents read `error` or `code` and `message` only.
enum InfluxErrorBody {
  /// `{"error": "…"}`.
  static func version1(_ fault: RequestFault) -> [UInt8] {
    var json = JSONWriter()
    json.beginObject()
    json.member("error", fault.detail)
    writeLines(fault, to: &json)
    json.endObject()
    return json.document
  }

  /// `{"code": "…", "message": "…", "line": n}`.
  static func version2(_ fault: RequestFault) -> [UInt8] {
    var json = JSONWriter()
    json.beginObject()
    json.member("code", code(fault.status))
    json.member("message", fault.detail)
    if case .line(let line)? = fault.parts.first?.place { json.member("line", line) }
    writeLines(fault, to: &json)
    json.endObject()
    return json.document
  }

  private static func writeLines(_ fault: RequestFault, to json: inout JSONWriter) {
    guard !fault.parts.isEmpty else { return }
    json.name("errors")
    json.beginArray()
    for part in fault.parts { ProblemDocument.write(part, to: &json) }
    json.endArray()
    // `errors` names the first ones only.
    if let total = fault.partsTotal { json.member("rejected", total) }
  }

  /// InfluxDB 2's own words.
  private static func code(_ status: Int) -> String {
    switch status {
    case 400, 421: "invalid"
    case 401: "unauthorized"
    case 403: "forbidden"
    case 404: "not found"
    case 405: "method not allowed"
    case 413: "request too large"
    case 415: "unsupported media type"
    case 422: "unprocessable entity"
    case 503: "unavailable"
    default: "internal error"
    }
  }
}

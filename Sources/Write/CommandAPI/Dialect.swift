import HTTPServer
import Runtime

/// How errors look to a client: every protocol has its own shape.
enum Dialect: Sendable {
  /// RFC 9457, `application/problem+json`.
  case native
  /// InfluxDB 1: `{"error": "…"}`.
  case influx1
  /// InfluxDB 2: `{"code": "…", "message": "…"}`.
  case influx2

  /// `request`: see `InfluxHeaders`.
  func response(_ fault: RequestFault, request: UUIDv7 = UUIDv7()) -> HTTPResponse {
    var headers = fault.headers
    if let seconds = fault.retryAfterSeconds { headers.append(("Retry-After", String(seconds))) }
    switch self {
    case .native:
      headers.append(("Content-Type", "application/problem+json"))
      return HTTPResponse(status: fault.status, headers: headers, body: ProblemDocument.body(fault))
    case .influx1:
      headers.append(("Content-Type", "application/json"))
      headers.append(("X-Influxdb-Error", HeaderText.safe(fault.detail)))
      headers += InfluxHeaders.make(request: request)
      return HTTPResponse(status: fault.status, headers: headers, body: InfluxErrorBody.version1(fault))
    case .influx2:
      headers.append(("Content-Type", "application/json; charset=utf-8"))
      headers += InfluxHeaders.make(request: request)
      return HTTPResponse(status: fault.status, headers: headers, body: InfluxErrorBody.version2(fault))
    }
  }
}

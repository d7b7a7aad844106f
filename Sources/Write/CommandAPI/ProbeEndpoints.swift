import EventStore
import HTTPServer
import Runtime

/// What load balancers, agents and Prometheus ask: `/ping`, `/health`, `/livez`, `/readyz`, `/metrics`. None of them
/// waits for anything.
struct ProbeEndpoints: Sendable {
  let appender: any CommandAppending
  let version: String
  let registry: MetricsRegistry

  /// InfluxDB 1: 204, or with `verbose=true` 200 and the version.
  func ping(_ parameters: QueryParameters) -> HTTPResponse {
    guard let verbose = parameters.value("verbose"), verbose != "false", verbose != "0" else {
      return HTTPResponse(status: 204, headers: InfluxHeaders.make())
    }
    return .json(200, "{\"version\":\"\(InfluxHeaders.compatibleVersion)\"}\n", headers: InfluxHeaders.make())
  }

  /// InfluxDB's health document.
  func health() -> HTTPResponse {
    let problem = unavailability
    var json = JSONWriter()
    json.beginObject()
    json.member("name", "influxdb")
    json.member("message", problem ?? "ready for queries and writes")
    json.member("status", problem == nil ? "pass" : "fail")
    json.member("version", InfluxHeaders.compatibleVersion)
    json.endObject()
    return .json(problem == nil ? 200 : 503, json.document, headers: InfluxHeaders.make())
  }

  /// The process answers: nothing else is meant by it.
  func live() -> HTTPResponse { .text(200, "ok\n") }

  /// Whether commands are being appended; `?verbose` says more, for people (draft-inadarei-api-health-check-06).
  func ready(_ parameters: QueryParameters) -> HTTPResponse {
    let problem = unavailability
    let status = problem == nil ? 200 : 503
    guard parameters.has("verbose") else {
      return .text(status, problem.map { "not ready: \($0)\n" } ?? "ready\n")
    }
    let word = problem == nil ? "pass" : "fail"
    var json = JSONWriter()
    json.beginObject()
    json.member("status", word)
    json.member("version", version)
    json.name("checks")
    json.beginObject()
    json.name("eventStore:appending")
    json.beginArray()
    json.beginObject()
    json.member("componentType", "datastore")
    json.member("status", word)
    if let problem { json.member("output", problem) }
    json.endObject()
    json.endArray()
    json.endObject()
    json.endObject()
    return .json(status, json.document, contentType: "application/health+json")
  }

  /// Prometheus' text format.
  func metrics() -> HTTPResponse {
    HTTPResponse(
      status: 200, headers: [("Content-Type", "text/plain; version=0.0.4; charset=utf-8")],
      body: Array(registry.exposition().utf8))
  }

  private var unavailability: String? {
    switch appender.state {
    case .ready: nil
    case .unavailable(let reason, _): reason
    }
  }
}

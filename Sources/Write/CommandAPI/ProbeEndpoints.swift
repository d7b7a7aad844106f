import EventStore
import HTTPServer
import Probes
import Runtime

/// What load balancers, agents and Prometheus ask: `/ping`, `/health`, `/livez`, `/readyz`, `/metrics`. None of them
/// waits for anything.
struct ProbeEndpoints: Sendable {
  let appender: any CommandAppending
  let identity: ProcessIdentity
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

  /// Whether commands are being appended; `?verbose` says more, for people.
  func ready(_ parameters: QueryParameters) -> HTTPResponse {
    let load = appender.load
    let checks = [
      CommandHealth.appending(appender.state),
      CommandHealth.queue("queue:commands", load.commands, of: load.commandsLimit, "commands"),
      CommandHealth.queue("queue:bytes", load.bytes, of: load.bytesLimit, "B"),
    ]
    return HealthReport(identity, checks).response(isVerbose: parameters.has("verbose"))
  }

  func metrics() -> HTTPResponse { MetricsAnswer.response(registry) }

  private var unavailability: String? {
    switch appender.state {
    case .ready: nil
    case .unavailable(let reason, _): reason
    }
  }
}

import HTTPClient

/// Totals that rates are made of, read from the services' metrics. Nil where a service could not be asked.
struct StatusCounters {
  var samples: Double?
  var requests: Double?
  var queries: Double?
  var relayed: Double?
  var projected: Double?

  init(_ services: StatusServices) {
    let command = Self.metrics(services.command)
    let query = Self.metrics(services.query)
    let relay = services.relay.flatMap(Self.metrics)
    let projector = Self.metrics(services.projector)
    samples = command.map { Self.sum($0, "daybook_append_samples_total") }
    requests = command.map { Self.sum($0, "daybook_http_requests_total", Self.isWork) }
    queries = query.map { Self.sum($0, "daybook_http_requests_total", Self.isWork) }
    relayed = relay.map { Self.sum($0, "daybook_relay_events_total") }
    projected = projector.map { Self.sum($0, "daybook_projector_samples_total") { $0.contains("\"timeline\"") } }
  }

  private static func metrics(_ service: StatusServices.Service) -> String? {
    guard let answer = try? service.get("/metrics"), answer.status == 200 else { return nil }
    return answer.text
  }

  /// Probes are nobody's work.
  private static func isWork(_ line: Substring) -> Bool {
    !["\"/livez\"", "\"/readyz\"", "\"/metrics\"", "\"/v1/status\""].contains { line.contains("route=\($0)") }
  }

  /// The sum of a family's samples whose lines pass.
  static func sum(_ text: String, _ name: String, _ isWanted: (Substring) -> Bool = { _ in true }) -> Double {
    text.split(separator: "\n").reduce(0) { sum, line in
      guard line.hasPrefix(name), let next = line.dropFirst(name.count).first, next == " " || next == "{",
        isWanted(line), let value = line.split(separator: " ").last.flatMap({ Double($0) })
      else { return sum }
      return sum + value
    }
  }
}

import Runtime

/// A look as one JSON object on one line; docs/OPERATING.md says what stands in it.
enum StatusJSON {
  static func text(_ look: StatusLook, rates: StatusRates?) -> String {
    var members = [
      "\"time\":\(JSONText.quoted(RFC3339.text(nanoseconds: look.time, fractionDigits: 3)))",
      "\"services\":[\(look.services.map(service).joined(separator: ","))]",
    ]
    if let rates { members.append("\"rates\":\(Self.rates(rates))") }
    let store = look.store.map { String(decoding: $0, as: UTF8.self) }
    // The service's own JSON ends its line.
    members.append("\"store\":\(store.map { String($0.prefix { $0 != "\n" }) } ?? "null")")
    if let problem = look.storeProblem { members.append("\"storeProblem\":\(JSONText.quoted(problem))") }
    return "{\(members.joined(separator: ","))}\n"
  }

  private static func service(_ service: ServiceHealth) -> String {
    var members = [
      "\"name\":\(JSONText.quoted(service.name))", "\"url\":\(JSONText.quoted(service.url))",
      "\"status\":\"\(service.state.rawValue)\"",
    ]
    if let version = service.version { members.append("\"version\":\(JSONText.quoted(version))") }
    if let uptime = service.uptime { members.append("\"uptime\":\(number(uptime))") }
    if let reason = service.reason { members.append("\"reason\":\(JSONText.quoted(reason))") }
    if let remedy = service.remedy { members.append("\"remedy\":\(JSONText.quoted(remedy))") }
    return "{\(members.joined(separator: ","))}"
  }

  private static func rates(_ rates: StatusRates) -> String {
    let all = [
      ("samples", rates.samples), ("requests", rates.requests), ("relayed", rates.relayed),
      ("projected", rates.projected), ("queries", rates.queries),
    ]
    return "{\(all.map { "\"\($0)\":\(number($1))" }.joined(separator: ","))}"
  }

  private static func number(_ value: Double?) -> String {
    guard let value, value.isFinite else { return "null" }
    return "\((value * 1_000).rounded() / 1_000)"
  }
}

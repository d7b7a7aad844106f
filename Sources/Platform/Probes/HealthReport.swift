package import HTTPServer
import Runtime

/// What a process answers to `GET /readyz`: one line for machines, which look at the status only, and with `?verbose` the
/// whole of it for people, as `application/health+json` (draft-inadarei-api-health-check-06, with a `remedy` beside each
/// `output`).
package struct HealthReport: Sendable {
  package let identity: ProcessIdentity
  package let checks: [HealthCheck]

  package init(_ identity: ProcessIdentity, _ checks: [HealthCheck]) {
    self.identity = identity
    self.checks = checks
  }

  /// The worst of all checks.
  package var status: HealthStatus { checks.map(\.status).max() ?? .pass }

  /// The first of the worst checks, unless all is well.
  package var worst: HealthCheck? {
    status == .pass ? nil : checks.first { $0.status == status }
  }

  /// 200 for `pass` and `warn`, 503 for `fail`.
  package func response(isVerbose: Bool) -> HTTPResponse {
    let code = status == .fail ? 503 : 200
    let uncached = [("Cache-Control", "no-store")]
    guard isVerbose else { return .text(code, line, headers: uncached) }
    return .json(
      code, json(at: WallClock.now, uptime: identity.uptime), headers: uncached, contentType: Self.contentType)
  }

  package static let contentType = "application/health+json"

  private var line: String {
    guard status == .fail, let worst else { return "ready\n" }
    return "not ready: \([worst.reason, worst.remedy].compactMap { $0 }.joined(separator: ": "))\n"
  }

  /// - Parameters:
  ///   - now: nanoseconds since 1970.
  ///   - uptime: of the process.
  func json(at now: Int64, uptime: Duration) -> String {
    let time = RFC3339.text(nanoseconds: now, fractionDigits: 3)
    var members = [
      "\"status\":\"\(status.rawValue)\"", "\"version\":\(JSONText.quoted(identity.version))",
      "\"serviceId\":\(JSONText.quoted(identity.serviceID))",
    ]
    if let worst, let reason = worst.reason { members.append("\"output\":\(JSONText.quoted(reason))") }
    let uptime = HealthCheck("uptime", .system).observing((uptime.seconds * 1000).rounded() / 1000, "s")
    var names: [String] = []
    var texts: [String: [String]] = [:]
    for check in checks + [uptime] {
      if texts[check.name] == nil { names.append(check.name) }
      texts[check.name, default: []].append(Self.json(check, time))
    }
    let all = names.map { "\(JSONText.quoted($0)):[\(texts[$0, default: []].joined(separator: ","))]" }
    members.append("\"checks\":{\(all.joined(separator: ","))}")
    return "{\(members.joined(separator: ","))}\n"
  }

  private static func json(_ check: HealthCheck, _ time: String) -> String {
    var members: [String] = []
    if let id = check.componentID { members.append("\"componentId\":\(JSONText.quoted(id))") }
    members.append("\"componentType\":\"\(check.component.rawValue)\"")
    members.append("\"status\":\"\(check.status.rawValue)\"")
    if let (value, unit) = check.observed {
      members.append("\"observedValue\":\(number(value)),\"observedUnit\":\(JSONText.quoted(unit))")
    }
    if let reason = check.reason { members.append("\"output\":\(JSONText.quoted(reason))") }
    if let remedy = check.remedy { members.append("\"remedy\":\(JSONText.quoted(remedy))") }
    members.append("\"time\":\"\(time)\"")
    return "{\(members.joined(separator: ","))}"
  }

  private static func number(_ value: Double) -> String {
    guard value.isFinite else { return "null" }
    return value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
  }
}

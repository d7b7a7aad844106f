import HTTPClient
import JSON

/// What one service says of itself, or why it says nothing.
struct ServiceHealth {
  enum State: String {
    case pass, warn, fail
    /// It cannot be asked.
    case away
  }

  let name: String
  let url: String
  var state = State.away
  var version: String?
  /// Seconds.
  var uptime: Double?
  var reason: String?
  var remedy: String?

  /// Whether it does its work.
  var isReady: Bool { state == .pass || state == .warn }

  /// Asks.
  init(_ service: StatusServices.Service) {
    name = service.name
    url = "\(service.endpoint)"
    do {
      let answer = try service.get("/readyz?verbose")
      guard answer.header("content-type") == "application/health+json" else {
        reason = "it answered \(answer.status): \(Self.line(answer.text))"
        remedy = answer.status == 401 || answer.status == 403 ? "give a token: DAYBOOK_TOKEN or --token-file" : nil
        return
      }
      try read(answer.body)
    } catch {
      reason = "\(error)"
      remedy = "start it ('daybook up' starts all), or say where it is: --\(service.name)-url"
    }
  }

  private mutating func read(_ body: [UInt8]) throws {
    let parser = JSONParser()
    let root = try parser.parse(body).root
    withExtendedLifetime(parser) {
      state = root["status"]?.string.flatMap { State(rawValue: $0) } ?? .fail
      version = root["version"]?.string
      uptime = root["checks"]?["uptime"]?.elements.map(Array.init)?.first?["observedValue"]?.double
      guard let checks = root["checks"]?.members else { return }
      for check in checks {
        for entry in check.value.elements.map(Array.init) ?? [] {
          if reason == nil, state != .pass, entry["status"]?.string == state.rawValue {
            reason = entry["output"]?.string
            remedy = entry["remedy"]?.string
          }
        }
      }
    }
  }

  /// The first line, of a length that a table bears.
  private static func line(_ text: String) -> String { String(text.prefix { $0 != "\n" }.prefix(200)) }
}

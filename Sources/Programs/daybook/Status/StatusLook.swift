import HTTPClient
import Runtime

/// One look at everything.
struct StatusLook {
  /// Nanoseconds since 1970.
  let time = WallClock.now
  let monotonic = MonotonicClock.now
  let services: [ServiceHealth]
  let counters: StatusCounters
  /// The query service's `/v1/status` as it came; nil when it cannot be asked.
  let store: [UInt8]?
  /// Why not.
  let storeProblem: String?

  /// Asks all of them, one after the other.
  init(_ services: StatusServices) {
    self.services = services.all.map { ServiceHealth($0) }
    counters = StatusCounters(services)
    do {
      let answer = try services.query.get("/v1/status")
      store = answer.status == 200 ? answer.body : nil
      storeProblem = answer.status == 200 ? nil : "/v1/status answered \(answer.status)"
    } catch {
      store = nil
      storeProblem = "\(error)"
    }
  }

  /// Whether there is a relay to ask.
  var hasRelay: Bool { services.contains { $0.name == "relay" } }
  var isReady: Bool { services.allSatisfy(\.isReady) }
}

import EventStore
import Probes

/// What the appender's state means for those who watch the command service: pure.
enum CommandHealth {
  /// The part of a limit from which on somebody should look: commands are refused soon.
  private static let warningShare = 0.8

  static func appending(_ state: AppenderState) -> HealthCheck {
    let name = "event-store:appending"
    switch state {
    case .ready: return HealthCheck(name, .datastore)
    case .unavailable(let reason, _):
      return HealthCheck(
        name, .datastore, .fail, reason: reason,
        remedy: "see that the event store's Postgres runs, can be written and has room on its disk; commands are taken "
          + "again by themselves")
    }
  }

  static func queue(_ name: String, _ used: Int, of limit: Int, _ unit: String) -> HealthCheck {
    let isFull = Double(used) >= Double(limit) * warningShare
    return HealthCheck(
      name, .component, isFull ? .warn : .pass,
      reason: isFull
        ? "\(used) of \(limit) \(unit) wait for their commit; beyond it commands are answered with 503" : nil,
      remedy: isFull ? "see how long commits take: the disk or the load of the event store's Postgres" : nil
    ).observing(Double(used), unit)
  }
}

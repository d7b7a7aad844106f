import EventFeed
package import Probes
import Runtime

/// What a relay's status means for those who watch it: pure.
package enum RelayHealth {
  /// The lag from which on somebody should look, and from which on the topic is too old to be called up to date.
  package static let lagWarning = Duration.seconds(10)
  package static let lagLimit = Duration.seconds(60)
  /// A thread that says nothing for so long is stuck: longer than the statements of one round may take together.
  package static let silenceLimit = Duration.seconds(180)

  /// Why the process should be ended and started again; nil while its thread lives, events or not.
  package static func problem(_ status: RelayStatus, at now: UInt64) -> String? {
    guard status.state != .stopped, status.aliveAt > 0 else { return nil }
    let silence = Duration.nanoseconds(Int64(clamping: now &- status.aliveAt))
    return silence > silenceLimit ? "the relay's thread has not moved for \(Int(silence.seconds)) s" : nil
  }

  /// Whether the topic is kept up to date.
  package static func checks(_ status: RelayStatus, at wall: Int64) -> [HealthCheck] {
    [relay(status), kafka(status)] + stopped(status) + [lagEvents(status), lag(status, wall)]
  }

  private static func relay(_ status: RelayStatus) -> HealthCheck {
    let name = "relay:running"
    switch status.state {
    case .waiting(let reason):
      return HealthCheck(
        name, .component, .fail, reason: "nothing is relayed at the moment: \(reason)",
        remedy: "it tries again by itself; the log says what fails")
    case .stopped: return HealthCheck(name, .component, .fail, reason: "the relay is stopping")
    case .running:
      guard status.held.count < status.shards else { return HealthCheck(name, .component) }
      let others = status.shards - status.held.count
      return HealthCheck(
        name, .component, reason: "\(others) of \(status.shards) shards are another relay's: standing by for them")
    }
  }

  private static func kafka(_ status: RelayStatus) -> HealthCheck {
    guard let reason = status.kafkaUnavailable else { return HealthCheck("kafka:sending", .datastore) }
    return HealthCheck(
      "kafka:sending", .datastore, .fail, reason: "events cannot be sent: \(reason)",
      remedy:
        "see whether the brokers of --kafka run and let this relay in; it tries again by itself, and nothing is lost "
        + "meanwhile")
  }

  private static func stopped(_ status: RelayStatus) -> [HealthCheck] {
    status.stoppedShards.map { fault in
      HealthCheck(
        "shard:relaying", .component, .fail,
        reason: "shard \(fault.shard) cannot go on from event \(fault.position): \(fault.reason)",
        remedy: fault.remedy
      ).of("\(fault.shard)")
    }
  }

  private static func lagEvents(_ status: RelayStatus) -> HealthCheck {
    HealthCheck("lag:events", .component).observing(Double(status.lagEvents), "events")
  }

  private static func lag(_ status: RelayStatus, _ wall: Int64) -> HealthCheck {
    let seconds = status.lagSeconds(at: wall)
    let level: HealthStatus = seconds > lagLimit.seconds ? .fail : seconds > lagWarning.seconds ? .warn : .pass
    let isBehind = level != .pass
    return HealthCheck(
      "lag:seconds", .component, level,
      reason: isBehind ? "the topic is \(Int(seconds)) s behind the event store" : nil,
      remedy: isBehind ? "wait if it shrinks; else see the log, the brokers and their disks" : nil
    ).observing((seconds * 1000).rounded() / 1000, "s")
  }
}

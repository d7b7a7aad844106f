import EventFeed
package import Probes
import Runtime

/// What an engine's status means for those who watch it: pure.
package enum EngineHealth {
  /// The lag from which on somebody should look, and from which on the read models are too old to be called up to date.
  package static let lagWarning = Duration.seconds(10)
  package static let lagLimit = Duration.seconds(60)

  /// A thread that says nothing for so long is stuck: longer than the statements of one round may take together.
  package static let silenceLimit = Duration.seconds(180)

  /// Why the process should be ended and started again; nil while its engine lives. Whether any position moves has nothing
  /// to do with it: a store to which nothing is written is no dead projector.
  package static func problem(_ status: EngineStatus) -> String? {
    guard status.state != .stopped, status.silence > silenceLimit else { return nil }
    return "the engine's thread has not moved for \(Int(status.silence.seconds)) s"
  }

  /// Whether the read models are kept up to date.
  package static func checks(_ status: EngineStatus) -> [HealthCheck] {
    [engine(status), feed(status)] + status.stoppedShards.map(stopped) + status.builds.map { build($0, status) }
      + [lagEvents(status), lag(status)]
  }

  private static func engine(_ status: EngineStatus) -> HealthCheck {
    let name = "projector:engine"
    switch status.state {
    case .running: return HealthCheck(name, .component)
    case .stopped: return HealthCheck(name, .component, .fail, reason: "the projector is stopping")
    case .waiting(let reason):
      return HealthCheck(
        name, .component, .fail, reason: "nothing is projected at the moment: \(reason)",
        remedy: "it tries again by itself; the log says what fails")
    }
  }

  private static func feed(_ status: EngineStatus) -> HealthCheck {
    guard let reason = status.feedUnavailable else { return HealthCheck("event-store:reading", .datastore) }
    return HealthCheck(
      "event-store:reading", .datastore, .fail, reason: "events cannot be read: \(reason)",
      remedy: "see whether the event store's Postgres, and Kafka where it is used, run; it tries again by itself")
  }

  private static func stopped(_ fault: FeedFault) -> HealthCheck {
    HealthCheck(
      "shard:reading", .component, .fail,
      reason: "shard \(fault.shard) stands still before event \(fault.position): \(fault.reason)",
      remedy: "\(fault.remedy); it tries again by itself"
    ).of("\(fault.shard)")
  }

  private static func build(_ build: EngineStatus.Build, _ status: EngineStatus) -> HealthCheck {
    let name = "build:projecting"
    if build.isOfOtherVersion {
      return HealthCheck(
        name, .component, build.isActive ? .warn : .pass,
        reason: "\(build.schema) stands still: \(build.stopped ?? "another version")",
        remedy: build.isActive ? "run a projector that has it, or rebuild: queries read this build" : nil
      ).of(build.schema)
    }
    if let reason = build.stopped {
      return HealthCheck(
        name, .component, .fail, reason: "\(build.schema) is given up: \(reason)",
        remedy: "repair what the reason names, then restart the projector"
      ).of(build.schema)
    }
    guard status.state == .running, build.shards.count < status.shards else {
      return HealthCheck(name, .component).of(build.schema)
    }
    let others = status.shards - build.shards.count
    return HealthCheck(
      name, .component, reason: "\(others) of \(status.shards) shards of \(build.schema) are another projector's"
    ).of(build.schema)
  }

  private static func lagEvents(_ status: EngineStatus) -> HealthCheck {
    let events = status.builds.reduce(0) { $0 + $1.lag }
    return HealthCheck("lag:events", .component).observing(Double(events), "events")
  }

  private static func lag(_ status: EngineStatus) -> HealthCheck {
    let seconds = status.lagSeconds
    let level: HealthStatus =
      seconds > lagLimit.seconds ? .fail : seconds > lagWarning.seconds ? .warn : .pass
    let isBehind = level != .pass
    return HealthCheck(
      "lag:seconds", .component, level,
      reason: isBehind ? "the read models are \(Int(seconds)) s behind the event store" : nil,
      remedy: isBehind ? "wait if it shrinks; else see the log, the load of Postgres and its disk" : nil
    ).observing((seconds * 1000).rounded() / 1000, "s")
  }
}

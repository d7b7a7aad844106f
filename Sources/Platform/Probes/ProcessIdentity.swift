import Runtime

/// Who a process says it is when it is asked for its health.
package struct ProcessIdentity: Sendable {
  /// As in the logs: `projector`.
  package let program: String
  package let version: String
  private let startedAt: UInt64

  /// To be made at the start of the process.
  package init(program: String, version: String) {
    self.program = program
    self.version = version
    startedAt = MonotonicClock.now
  }

  package var serviceID: String { "daybook-\(program)" }

  package var uptime: Duration { .nanoseconds(Int64(clamping: MonotonicClock.now &- startedAt)) }
}

/// Whether commands are being appended, for `/readyz`.
package enum AppenderState: Sendable, Equatable {
  /// The last thing the event store said was good. Becomes unavailable at the first failure that is not a command's own.
  case ready
  /// `reason` is safe to show; `since` is `MonotonicClock.now`. Becomes ready with the first commit or check that works.
  case unavailable(reason: String, since: UInt64)

  package var isReady: Bool { self == .ready }
}

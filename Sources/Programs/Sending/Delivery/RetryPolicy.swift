/// When a request that failed is sent again. A value without IO.
package struct RetryPolicy {
  /// No pause is longer; what a service asks for by Retry-After is held to it, too.
  package static let pauseLimit = Duration.seconds(30)
  private static let firstPause = Duration.milliseconds(100)

  private let limit: Duration
  private var failingSince: UInt64?
  private var nextPause = RetryPolicy.firstPause

  /// Gives up once requests have failed for `limit`.
  package init(limit: Duration) { self.limit = limit }

  /// How long to wait, or nil: give up. `now`: monotonic nanoseconds; `retryAfter`: what the service asked for; `chance`:
  /// 0 to 1, so that many clients do not come back at the same moment.
  package mutating func failed(at now: UInt64, retryAfter: Duration?, chance: Double) -> Duration? {
    let since = failingSince ?? now
    failingSince = since
    let left = limit - .nanoseconds(Int64(clamping: now - since))
    guard left > .zero else { return nil }
    let pause = max(nextPause * (0.5 + chance / 2), retryAfter.map { $0 * (1 + chance / 4) } ?? .zero)
    nextPause = min(nextPause * 2, Self.pauseLimit / 2)
    return min(pause, Self.pauseLimit, left)
  }

  package mutating func succeeded() {
    failingSince = nil
    nextPause = Self.firstPause
  }
}

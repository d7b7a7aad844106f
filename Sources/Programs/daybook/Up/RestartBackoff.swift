import Runtime

/// How long a child that died waits for its next start: at once the first time, then longer each time, and at once
/// again after it ran for a while. A value without clock: moments are nanoseconds of the caller's monotonic clock.
struct RestartBackoff {
  static let first = Duration.milliseconds(100)
  static let longest = Duration.seconds(10)
  /// A child that lived this long is taken to be well.
  static let wellAfter = Duration.seconds(30)

  private var next = Self.first

  /// The wait before the next start of a child that lived for `lifetime`.
  mutating func wait(afterLivingFor lifetime: Duration) -> Duration {
    if lifetime >= Self.wellAfter { next = Self.first }
    let wait = next
    next = min(next * 2, Self.longest)
    return wait
  }
}

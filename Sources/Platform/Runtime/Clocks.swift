import Glibc

/// Time that never goes back: for deadlines and durations.
package enum MonotonicClock {
  /// Nanoseconds since some fixed moment (CLOCK_MONOTONIC).
  package static var now: UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
  }

  /// The moment that lies `duration` ahead, for `Monitor.wait(until:)`. A negative duration counts as zero.
  package static func deadline(after duration: Duration) -> UInt64 {
    now &+ UInt64(max(0, duration.nanoseconds))
  }

  /// Blocks the calling thread.
  package static func sleep(for duration: Duration) {
    let end = deadline(after: duration)
    var time = timespec(tv_sec: Int(end / 1_000_000_000), tv_nsec: Int(end % 1_000_000_000))
    while clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nil) == EINTR {}
  }
}

/// The time of day.
package enum WallClock {
  /// Nanoseconds since 1970-01-01T00:00:00Z, without leap seconds (CLOCK_REALTIME).
  package static var now: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
  }
}

extension Duration {
  /// The whole duration in nanoseconds, held at the ends of Int64 (292 years).
  package var nanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    if overflow { return seconds < 0 ? .min : .max }
    return product &+ attoseconds / 1_000_000_000
  }

  /// The duration in seconds.
  package var seconds: Double {
    let (seconds, attoseconds) = components
    return Double(seconds) + Double(attoseconds) / 1e18
  }
}

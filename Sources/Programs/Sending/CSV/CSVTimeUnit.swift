/// The unit of Unix times.
package enum CSVTimeUnit: String, Sendable, CaseIterable {
  case seconds = "s"
  case milliseconds = "ms"
  case microseconds = "us"
  case nanoseconds = "ns"

  /// Nanoseconds as a power of ten.
  var power: Int {
    switch self {
    case .seconds: 9
    case .milliseconds: 6
    case .microseconds: 3
    case .nanoseconds: 0
    }
  }

  /// By size, as InfluxDB 3's precision `auto` does: each unit's numbers from 1973 to 2128 lie apart. Nil for smaller ones,
  /// which are more often a date like 20260131 than a moment of 1970.
  init?(magnitude: UInt64) {
    switch magnitude {
    case ..<100_000_000: return nil
    case ..<5_000_000_000: self = .seconds
    case ..<5_000_000_000_000: self = .milliseconds
    case ..<5_000_000_000_000_000: self = .microseconds
    default: self = .nanoseconds
    }
  }
}

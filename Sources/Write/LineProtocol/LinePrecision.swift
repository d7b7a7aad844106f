/// The unit of a body's timestamps.
package enum LinePrecision: Sendable {
  case nanoseconds, microseconds, milliseconds, seconds, minutes, hours

  /// `precision` of InfluxDB 1's `/write`.
  package init?(version1 name: String) {
    switch name {
    case "n", "ns": self = .nanoseconds
    case "u", "us", "µ": self = .microseconds
    case "ms": self = .milliseconds
    case "s": self = .seconds
    case "m": self = .minutes
    case "h": self = .hours
    default: return nil
    }
  }

  /// `precision` of InfluxDB 2's `/api/v2/write`.
  package init?(version2 name: String) {
    switch name {
    case "ns": self = .nanoseconds
    case "us": self = .microseconds
    case "ms": self = .milliseconds
    case "s": self = .seconds
    default: return nil
    }
  }

  /// Nanoseconds of one unit.
  var unit: Int64 {
    switch self {
    case .nanoseconds: 1
    case .microseconds: 1_000
    case .milliseconds: 1_000_000
    case .seconds: 1_000_000_000
    case .minutes: 60_000_000_000
    case .hours: 3_600_000_000_000
    }
  }
}

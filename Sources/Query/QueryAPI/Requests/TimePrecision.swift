package import Queries
import Runtime

/// How an answer writes times, and what a number in `from` or `to` counts: the parameter `precision`.
package enum TimePrecision: String, CaseIterable, Sendable {
  /// In JSON as text: JavaScript's numbers do not hold them.
  case nanoseconds = "ns"
  case microseconds = "us"
  case milliseconds = "ms"
  case seconds = "s"
  /// Text such as `2013-12-02T21:15:00.5Z`, to the nanosecond. Numbers in the request count milliseconds.
  case rfc3339

  /// Milliseconds where none is asked for.
  package static func parse(_ text: String?) throws(QueryError) -> TimePrecision {
    guard let text else { return .milliseconds }
    guard let precision = TimePrecision(rawValue: text) else {
      let known = allCases.map(\.rawValue).joined(separator: ", ")
      throw .invalid(
        .invalidParameter, "precision=\"\(text.prefix(100))\" is no precision: the known ones are \(known)")
    }
    return precision
  }

  /// Nanoseconds in one unit of a number in the request.
  var unit: Int64 {
    switch self {
    case .nanoseconds: 1
    case .microseconds: 1_000
    case .milliseconds, .rfc3339: 1_000_000
    case .seconds: 1_000_000_000
    }
  }

  /// What a number in the request counts, in words.
  var unitName: String {
    switch self {
    case .nanoseconds: "nanoseconds"
    case .microseconds: "microseconds"
    case .milliseconds, .rfc3339: "milliseconds"
    case .seconds: "seconds"
    }
  }

  /// Whether JSON has such times in quotes.
  var isText: Bool { self == .nanoseconds || self == .rfc3339 }

  /// Appends a time given in nanoseconds since 1970, rounded down to the unit, without quotes.
  package func append(_ time: Int64, to bytes: inout [UInt8]) {
    // By constants: a division by a variable takes five times as long.
    switch self {
    case .nanoseconds: NumberText.append(time, to: &bytes)
    case .microseconds: NumberText.append(Self.floor(time / 1_000, time % 1_000), to: &bytes)
    case .milliseconds: NumberText.append(Self.floor(time / 1_000_000, time % 1_000_000), to: &bytes)
    case .seconds: NumberText.append(Self.floor(time / 1_000_000_000, time % 1_000_000_000), to: &bytes)
    case .rfc3339: RFC3339.append(nanoseconds: time, to: &bytes)
    }
  }

  private static func floor(_ quotient: Int64, _ remainder: Int64) -> Int64 {
    remainder < 0 ? quotient - 1 : quotient
  }
}

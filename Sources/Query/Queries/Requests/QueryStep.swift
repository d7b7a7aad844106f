/// The length of a timeline's buckets: whole minutes. Buckets start at multiples of it since 1970 UTC.
package struct QueryStep: Hashable, Sendable {
  package let nanoseconds: Int64

  package static let minute = QueryStep(minutes: 1)
  package static let hour = QueryStep(minutes: 60)
  package static let day = QueryStep(minutes: 1_440)

  /// The longest step: 3,660 days, ten years. A bucket of more answers no question about a time series.
  package static let minutesLimit: Int64 = 3_660 * 1_440

  /// The longest step that is not in whole hours: 31 days. It is computed from samples, hour by hour, and a bucket's hours
  /// are held in memory at once.
  package static let oddMinutesLimit: Int64 = 31 * 1_440

  /// `minutes` between 1 and `minutesLimit`.
  package init(minutes: Int64) {
    precondition((1...Self.minutesLimit).contains(minutes), "BUG: a step of \(minutes) minutes")
    nanoseconds = minutes * 60_000_000_000
  }

  package var minutes: Int64 { nanoseconds / 60_000_000_000 }

  /// As the timeline's answer says it: `60s`, `3600s`.
  package var seconds: String { "\(minutes * 60)s" }

  /// `minute`, `hour`, `day`, or a number of minutes, hours or days: `10m`, `90m`, `6h`, `1d`.
  package static func parse(_ text: String) throws(QueryError) -> QueryStep {
    switch text {
    case "minute": return .minute
    case "hour": return .hour
    case "day": return .day
    default: break
    }
    guard let (number, unit) = split(text) else {
      throw invalid("\"\(text)\" is no step")
    }
    let factor: Int64
    switch unit {
    case "m": factor = 1
    case "h": factor = 60
    case "d": factor = 1_440
    default: throw invalid("\"\(text)\" is not in whole minutes")
    }
    if number == 0 { throw invalid("\"\(text)\" is a step of zero") }
    let (minutes, overflow) = number.multipliedReportingOverflow(by: factor)
    guard !overflow, minutes <= minutesLimit else {
      throw invalid("\"\(text)\" is longer than the longest step, \(minutesLimit / 1_440)d")
    }
    guard minutes % 60 == 0 || minutes <= oddMinutesLimit else {
      throw invalid("\"\(text)\" is longer than \(oddMinutesLimit / 1_440)d and not in whole hours")
    }
    return QueryStep(minutes: minutes)
  }

  /// Digits, then the rest; nil without digits or for more of them than Int64 holds.
  private static func split(_ text: String) -> (Int64, Substring)? {
    let digits = text.utf8.prefix { (0x30...0x39).contains($0) }
    guard let number = Int64(Substring(digits)) else { return nil }
    return (number, Substring(text.utf8.dropFirst(digits.count)))
  }

  private static func invalid(_ problem: String) -> QueryError {
    .invalid(
      .invalidStep, "\(problem): give minute, hour, day, or whole minutes, hours or days such as 10m, 90m, 6h, 1d")
  }
}

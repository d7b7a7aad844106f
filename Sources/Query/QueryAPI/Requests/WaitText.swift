import Queries

/// The parameter `wait`: `500ms`, `2s`, `1m`.
enum WaitText {
  static func parse(_ text: String, longest: Duration) throws(QueryError) -> Duration {
    let digits = text.utf8.prefix { (0x30...0x39).contains($0) }
    guard let number = Int64(Substring(digits)) else { throw invalid(text) }
    let milliseconds: Int64
    switch String(text.utf8.dropFirst(digits.count)) {
    case "ms": milliseconds = 1
    case "s": milliseconds = 1_000
    case "m": milliseconds = 60_000
    default: throw invalid(text)
    }
    let (total, overflow) = number.multipliedReportingOverflow(by: milliseconds)
    guard !overflow, .milliseconds(total) <= longest else {
      throw .invalid(
        .invalidParameter,
        "wait=\"\(text.prefix(100))\" is longer than the limit of \(longest.components.seconds)s: wait less and ask again"
      )
    }
    return .milliseconds(total)
  }

  private static func invalid(_ text: String) -> QueryError {
    .invalid(.invalidParameter, "wait=\"\(text.prefix(100))\" is no duration: give for example 500ms or 2s")
  }
}

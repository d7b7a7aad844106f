import Queries
import Runtime

/// Times in requests: RFC 3339, or whole units since 1970.
enum TimeText {
  /// Nanoseconds since 1970 of the parameter `name`'s text.
  static func parse(_ text: String, _ name: String, _ precision: TimePrecision) throws(QueryError) -> Int64 {
    if let number = Int64(text) {
      let (nanoseconds, overflow) = number.multipliedReportingOverflow(by: precision.unit)
      if overflow { throw invalid(text, name, precision, "lies outside of 1677 to 2262") }
      return nanoseconds
    }
    if let nanoseconds = RFC3339.nanoseconds(text.utf8) ?? RFC3339.nanoseconds(withPlus(text)) { return nanoseconds }
    throw invalid(text, name, precision, "is no time between 1677 and 2262")
  }

  /// `+01:00` comes as ` 01:00` when the client did not encode the plus sign, as curl does not.
  private static func withPlus(_ text: String) -> [UInt8] {
    var bytes = Array(text.utf8)
    if bytes.count >= 6, bytes[bytes.count - 6] == 0x20 { bytes[bytes.count - 6] = 0x2B }
    return bytes
  }

  private static func invalid(
    _ text: String, _ name: String, _ precision: TimePrecision, _ problem: String
  ) -> QueryError {
    .invalid(
      .invalidTime,
      "\(name)=\"\(text.prefix(100))\" \(problem): give RFC 3339 such as 2024-02-01T12:00:00Z, or whole Unix "
        + "\(precision.unitName)\(precision == .milliseconds ? "; precision= takes other units" : "")")
  }
}

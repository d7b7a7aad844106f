import Queries
import Runtime

/// Times in requests: RFC 3339, or Unix milliseconds.
enum TimeText {
  /// Nanoseconds since 1970 of the parameter `name`'s text.
  static func parse(_ text: String, _ name: String) throws(QueryError) -> Int64 {
    if let milliseconds = Int64(text) {
      let (nanoseconds, overflow) = milliseconds.multipliedReportingOverflow(by: 1_000_000)
      if overflow { throw invalid(text, name, "lies outside of 1677 to 2262") }
      return nanoseconds
    }
    if let nanoseconds = RFC3339.nanoseconds(text.utf8) ?? RFC3339.nanoseconds(withPlus(text)) { return nanoseconds }
    throw invalid(text, name, "is no time between 1677 and 2262")
  }

  /// `+01:00` comes as ` 01:00` when the client did not encode the plus sign, as curl does not.
  private static func withPlus(_ text: String) -> [UInt8] {
    var bytes = Array(text.utf8)
    if bytes.count >= 6, bytes[bytes.count - 6] == 0x20 { bytes[bytes.count - 6] = 0x2B }
    return bytes
  }

  private static func invalid(_ text: String, _ name: String, _ problem: String) -> QueryError {
    .invalid(
      .invalidTime,
      "\(name)=\"\(text.prefix(100))\" \(problem): give RFC 3339 such as 2024-02-01T12:00:00Z, or Unix milliseconds")
  }
}

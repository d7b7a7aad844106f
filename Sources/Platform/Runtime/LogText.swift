/// Values of log fields that are no plain text.
package enum LogText {
  /// Seconds with their unit, to the microsecond, never with an exponent: `0.000036s`, `0.1s`, `30s`.
  package static func seconds(_ duration: Duration) -> String {
    let nanoseconds = duration.nanoseconds
    let microseconds = (nanoseconds.magnitude + 500) / 1_000
    let digits = String(microseconds % 1_000_000)
    var fraction = String(repeating: "0", count: 6 - digits.count) + digits
    while fraction.last == "0" { fraction.removeLast() }
    let sign = nanoseconds < 0 && microseconds > 0 ? "-" : ""
    return "\(sign)\(microseconds / 1_000_000)\(fraction.isEmpty ? "" : "." + fraction)s"
  }
}

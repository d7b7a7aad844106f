package import Runtime

/// Durations as people write them: `90s`, `5m`, `2h`.
package enum DurationText {
  private static let units: [(suffix: String, seconds: Int64)] = [("h", 3_600), ("m", 60), ("s", 1)]

  /// A whole number with a unit.
  package static func parse(_ text: String) throws(UsageError) -> Duration {
    guard let unit = units.first(where: { text.hasSuffix($0.suffix) }), let number = Int64(text.dropLast()),
      (0...1_000_000).contains(number)
    else { throw UsageError("'\(text)' is no duration: write a whole number and s, m or h, as in 5m") }
    return .seconds(number * unit.seconds)
  }

  /// `2 h 5 min`, `12 s`, `0.4 s`.
  package static func readable(_ duration: Duration) -> String {
    let seconds = duration.seconds
    if seconds < 10 { return "\((seconds * 10).rounded() / 10) s" }
    let whole = Int(seconds.rounded())
    if whole < 120 { return "\(whole) s" }
    if whole < 7_200 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(whole / 3_600) h \(whole / 60 % 60) min"
  }

  static func short(_ duration: Duration) -> String {
    let seconds = Int64(duration.seconds)
    let unit = units.first { seconds % $0.seconds == 0 && seconds >= $0.seconds }
    return unit.map { "\(seconds / $0.seconds)\($0.suffix)" } ?? "\(seconds)s"
  }
}

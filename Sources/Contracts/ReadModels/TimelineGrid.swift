/// Where the buckets of a timeline begin.
enum TimelineGrid: Hashable, Sendable {
  /// At multiples of so many minutes since 1970.
  case even(stepMinutes: Int64)
  /// At these minutes since 1970, which rise; the last is the end of the last bucket. At least two.
  case borders([Int32])

  /// The minute since 1970 at which a bucket begins.
  func start(of bucket: Int64) -> Int64 {
    switch self {
    case .even(let stepMinutes): Saturating.product(bucket, stepMinutes)
    case .borders(let borders): Int64(borders[Int(bucket)])
    }
  }

  /// The bucket that holds a minute. With borders the minute must lie between the first and the last one.
  func bucket(holding minute: Int64) -> Int64 {
    switch self {
    case .even(let stepMinutes):
      let quotient = minute / stepMinutes
      return minute % stepMinutes < 0 ? quotient - 1 : quotient
    case .borders(let borders):
      var (low, high) = (0, borders.count)
      while low < high {
        let middle = (low + high) / 2
        if Int64(borders[middle]) <= minute { low = middle + 1 } else { high = middle }
      }
      return Int64(low) - 1
    }
  }
}

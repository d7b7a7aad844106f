import ReadModels

/// What is read of the main part at once: the rows of a table, with or without what they need their samples for.
enum RowKind: Int, CaseIterable, Sendable {
  case days
  /// Aggregates of hours.
  case hours
  /// How many samples hours have, and these; without aggregates, which follow from them. None where the hour is split.
  case sampledHours
  /// Aggregates of the minutes of split hours.
  case minutes
  /// The same with samples.
  case sampledMinutes

  /// The stored buckets of this kind that samples in a time may change. A minute has a row only while its hour is split.
  func buckets(from first: Int64, through last: Int64) -> ClosedRange<Int32> {
    switch self {
    case .days: BucketLevel.day.bucket(of: first)...BucketLevel.day.bucket(of: last)
    case .hours, .sampledHours: BucketLevel.hour.bucket(of: first)...BucketLevel.hour.bucket(of: last)
    case .minutes, .sampledMinutes:
      BucketLevel.hour.parts(of: BucketLevel.hour.bucket(of: first), at: .minute)
        .lowerBound...(BucketLevel.hour.parts(of: BucketLevel.hour.bucket(of: last), at: .minute).upperBound - 1)
    }
  }
}

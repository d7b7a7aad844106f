/// The widths of stored buckets. A bucket is known by its number: whole widths since 1970 UTC, rounded down, so that
/// times before 1970 have negative ones. Every Int64 nanosecond (1677-09-21 to 2262-04-11) has its bucket and nothing
/// here traps; the start of the first and the end of the last bucket, which lie outside of Int64, are held at its ends.
package enum BucketLevel: Sendable, CaseIterable, Comparable {
  case minute
  case hour
  case day

  /// Nanoseconds.
  @inlinable
  package var width: Int64 {
    switch self {
    case .minute: 60_000_000_000
    case .hour: 3_600_000_000_000
    case .day: 86_400_000_000_000
    }
  }

  /// Minutes.
  package var minutes: Int32 {
    switch self {
    case .minute: 1
    case .hour: 60
    case .day: 1_440
    }
  }

  /// The number of the bucket that a time in nanoseconds lies in.
  @inlinable
  package func bucket(of time: Int64) -> Int32 {
    let quotient = time / width
    let floor = (time % width) < 0 ? quotient &- 1 : quotient
    return Int32(truncatingIfNeeded: floor)  // at most 153,722,868 minutes from 1970
  }

  /// The first nanosecond of a bucket, held at the ends of Int64.
  package func start(of bucket: Int32) -> Int64 {
    Saturating.product(Int64(bucket), width)
  }

  /// The last nanosecond of a bucket, held at the ends of Int64.
  package func last(of bucket: Int32) -> Int64 {
    let (start, overflow) = Int64(bucket).multipliedReportingOverflow(by: width)
    guard overflow else { return Saturating.sum(start, width - 1) }
    // The one bucket that begins before Int64 does can still end inside of it.
    let (next, nextOverflow) = (Int64(bucket) + 1).multipliedReportingOverflow(by: width)
    guard nextOverflow else { return next - 1 }
    return bucket < 0 ? .min : .max
  }

  /// The buckets of a narrower level that lie in a bucket of this one.
  package func parts(of bucket: Int32, at level: BucketLevel) -> Range<Int32> {
    let ratio = minutes / level.minutes
    let lower = Saturating.narrow(Int64(bucket) * Int64(ratio))
    return lower..<Saturating.narrow(Int64(lower) + Int64(ratio))
  }

  /// The bucket of this level that holds a bucket of a narrower one.
  @inlinable
  package func holder(of bucket: Int32, at level: BucketLevel) -> Int32 {
    let ratio: Int32 =
      switch (self, level) {
      case (.day, .minute): 1_440
      case (.day, .hour): 24
      case (.hour, .minute): 60
      default: 1
      }
    let quotient = bucket / ratio
    return bucket % ratio < 0 ? quotient &- 1 : quotient
  }
}

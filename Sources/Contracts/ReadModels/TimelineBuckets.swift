/// The buckets of one series in a timeline, in columns, by rising time; only those that have samples.
package struct TimelineBuckets: Equatable, Sendable {
  /// The buckets' starts in nanoseconds since 1970, held at the ends of Int64.
  package var starts: [Int64] = []
  /// Samples, NaN included: at least 1.
  package var stored: [Int64] = []
  /// Empty where all samples of the bucket are NaN.
  package var aggregates: [Aggregate] = []

  package init() {}

  package var count: Int { starts.count }

  /// Adds buckets that lie behind all of these.
  package mutating func append(_ later: TimelineBuckets) {
    starts += later.starts
    stored += later.stored
    aggregates += later.aggregates
  }
}

/// Which buckets a timeline has and which rows they are computed from.
///
/// A query does this, in one REPEATABLE READ snapshot of one build:
///
/// 1. `TimelinePlan(from:to:stepMinutes:)`, or `TimelinePlan(borders:)` for days of a place.
/// 2. Read the tail of its series' pages (`TimelineTables.tailOfPages`), `TailRow.decode` the rows of each page by rising
///    sequence into one `PageChanges`, and take each series' `SeriesChanges` from its `forEachSeries`.
/// 3. Per series: `plan.needs(changes)` says which rows are wanted beyond the plain range. Read
///    - at level `.day`: rows of `days` in `plan.days`; and for each of `needs.days` the rows of `hours` of that day,
///    - at level `.hour`: rows of `hours` in `plan.hours`,
///    - at level `.minute`: rows of `hours` in `plan.hours`, with `samples`,
///    - at every level: `samples` in the `hours` rows of `hoursWithSamples(needs)` (others may come without), and where
///      such a row, or at level `.minute` any row, `isSplit`: the `minutes` rows of that hour, which lie in
///      `BucketLevel.hour.parts(of: hour, at: .minute)`, those of `needs.minutes` with `samples`, the others may come
///      without.
///    Rows beyond these do no harm.
/// 4. `TimelineMerge.buckets(plan, rows)`.
package struct TimelinePlan: Hashable, Sendable {
  private let grid: TimelineGrid
  /// The widest stored bucket that buckets are computed from. A bucket adds these in the order of time; of an hour that a
  /// border cuts it adds the minutes.
  package let level: BucketLevel
  /// The numbers of the buckets: whole steps since 1970, rounded down; with borders from 0.
  package let buckets: Range<Int64>
  /// What the buckets cover, at each level; an hour or day at an end may be covered in part.
  package let minutes: Range<Int32>
  package let hours: Range<Int32>
  package let days: Range<Int32>
  /// The hours within which a bucket begins or ends though whole hours are read, rising.
  package let cutHours: [Int32]

  /// A step longer than all of time (1677 to 2262), in minutes.
  package static let stepLimit: Int64 = 1 << 29

  /// Buckets of `stepMinutes` over `from ..< to` (nanoseconds), widened to whole buckets. Nil when the range is empty or
  /// the step is not in `1 ... stepLimit`.
  package init?(from: Int64, to: Int64, stepMinutes: Int64) {
    guard from < to, (1...Self.stepLimit).contains(stepMinutes) else { return nil }
    let grid = TimelineGrid.even(stepMinutes: stepMinutes)
    self.grid = grid
    level = stepMinutes % 1_440 == 0 ? .day : stepMinutes % 60 == 0 ? .hour : .minute
    let first = grid.bucket(holding: Int64(BucketLevel.minute.bucket(of: from)))
    let last = grid.bucket(holding: Int64(BucketLevel.minute.bucket(of: to - 1)))
    buckets = first..<(last + 1)
    // At most 2^28 + 2^29 minutes from 1970, so within Int32.
    minutes = Int32(first * stepMinutes)..<Int32((last + 1) * stepMinutes)
    hours = Self.holders(minutes, .hour)
    days = Self.holders(minutes, .day)
    cutHours = []
  }

  /// Buckets between borders: minutes since 1970 that rise, the last one being the end of the last bucket. Nil for fewer
  /// than two, or when they do not rise.
  package init?(borders: [Int32]) {
    guard let first = borders.first, let last = borders.last, first < last,
      zip(borders, borders.dropFirst()).allSatisfy({ $0 < $1 })
    else { return nil }
    grid = .borders(borders)
    level = .hour
    buckets = 0..<Int64(borders.count - 1)
    minutes = first..<last
    hours = Self.holders(minutes, .hour)
    days = Self.holders(minutes, .day)
    var cut: [Int32] = []
    for border in borders where border % 60 != 0 {
      let hour = BucketLevel.hour.holder(of: border, at: .minute)
      if cut.last != hour { cut.append(hour) }
    }
    cutHours = cut
  }

  /// A plan of some of its buckets; nil for none.
  package func part(_ buckets: Range<Int64>) -> TimelinePlan? {
    let buckets = buckets.clamped(to: self.buckets)
    switch grid {
    case .even(let stepMinutes):
      return TimelinePlan(
        from: start(of: buckets.lowerBound), to: start(of: buckets.upperBound), stepMinutes: stepMinutes)
    case .borders(let borders):
      return TimelinePlan(borders: Array(borders[Int(buckets.lowerBound)...Int(buckets.upperBound)]))
    }
  }

  /// The length of a bucket, with borders the mean of them, in minutes.
  package var minutesPerBucket: Int64 { Int64(minutes.count) / Int64(buckets.count) }

  /// The start of the first bucket in nanoseconds, held at the ends of Int64: `from` as widened.
  package var from: Int64 { start(of: buckets.lowerBound) }

  /// The end of the last bucket in nanoseconds, held at the ends of Int64: `to` as widened.
  package var to: Int64 { start(of: buckets.upperBound) }

  /// The start of a bucket in nanoseconds, held at the ends of Int64. Of the bucket behind the last one it is the end.
  package func start(of bucket: Int64) -> Int64 {
    Saturating.product(grid.start(of: bucket), BucketLevel.minute.width)
  }

  /// The bucket that holds a stored bucket of `level`, or of a narrower one; it must lie within the plan.
  package func bucket(holding bucket: Int32, at level: BucketLevel) -> Int64 {
    grid.bucket(holding: Int64(bucket) * Int64(level.minutes))
  }

  /// Whether a bucket begins or ends within this hour though whole hours are read.
  package func cuts(_ hour: Int32) -> Bool {
    !cutHours.isEmpty && SortedBuckets.contains(cutHours, hour)
  }

  /// The hours whose samples are needed, rising: those that the tail changes, and those that a border cuts.
  package func hoursWithSamples(_ needs: TimelineNeeds?) -> [Int32] {
    let touched = needs?.hours ?? []
    return cutHours.isEmpty ? touched : SortedBuckets.union(cutHours, touched)
  }

  /// The stored buckets at a level that the plan covers.
  package func range(_ level: BucketLevel) -> Range<Int32> {
    switch level {
    case .minute: minutes
    case .hour: hours
    case .day: days
    }
  }

  /// What is wanted beyond the rows of the plain range, because the tail changes it.
  package func needs(_ changes: SeriesChanges) -> TimelineNeeds {
    let touched = changes.buckets(.minute).filter { minutes.contains($0) }
    return TimelineNeeds(minutes: touched)
  }

  private static func holders(_ minutes: Range<Int32>, _ level: BucketLevel) -> Range<Int32> {
    let first = level.holder(of: minutes.lowerBound, at: .minute)
    return first..<(level.holder(of: minutes.upperBound - 1, at: .minute) + 1)
  }
}

import ReadModels

/// The buckets of a timeline: the range that is wanted, widened to whole buckets.
struct TimelineRange: Equatable {
  /// Nanoseconds since 1970; `to` is exclusive.
  let from: Int64
  let to: Int64
  /// Nil when the range is empty.
  let plan: TimelinePlan?

  /// Buckets at multiples of a step.
  /// - Throws: when there would be more than the limit.
  init(_ wanted: WantedRange, step: QueryStep) throws(QueryError) {
    let (start, end) = (wanted.from, wanted.to)
    guard let plan = TimelinePlan(from: start, to: end, stepMinutes: step.minutes) else {
      let floor = TimelinePlan(from: start, to: start == .max ? start : start + 1, stepMinutes: step.minutes)?.from
      (from, to, self.plan) = (floor ?? start, floor ?? start, nil)
      return
    }
    guard plan.buckets.count <= wanted.pointsLimit else {
      let minutes = Int64(plan.buckets.count) * step.minutes
      let enough = (minutes + Int64(wanted.pointsLimit) - 1) / Int64(wanted.pointsLimit)
      throw Self.tooManyPoints(
        plan.buckets.count, wanted.pointsLimit, "give a step of at least \(enough)m, or a shorter range")
    }
    (from, to, self.plan) = (plan.from, plan.to, plan)
  }

  /// The days of a place.
  /// - Throws: when there would be more than the limit, or no such place.
  init(_ wanted: WantedRange, _ days: ZoneDays) throws(ReadFailure) {
    guard wanted.from < wanted.to else {
      let borders = wanted.from == .max ? [] : try days.borders(from: wanted.from, to: wanted.from + 1)
      let start = TimelinePlan(borders: borders)?.from ?? wanted.from
      (from, to, plan) = (start, start, nil)
      return
    }
    let limit = wanted.pointsLimit
    // Before Postgres makes a list of them.
    let about = Int(BucketLevel.day.bucket(of: wanted.to - 1)) - Int(BucketLevel.day.bucket(of: wanted.from)) + 1
    var borders = about > limit + 2 ? [] : try days.borders(from: wanted.from, to: wanted.to)
    if wanted.isFromOpen { borders = Array(borders.suffix(limit + 1)) }
    guard borders.count <= limit + 1, let plan = TimelinePlan(borders: borders) else {
      throw .query(Self.tooManyPoints(Swift.max(about, borders.count - 1), limit, "give a shorter range"))
    }
    (from, to, self.plan) = (plan.from, plan.to, plan)
  }

  private static func tooManyPoints(_ count: Int, _ limit: Int, _ advice: String) -> QueryError {
    .limit(
      .tooManyPoints,
      "the range has \(count) buckets of the step, and the limit is \(limit) points per series: \(advice)")
  }
}

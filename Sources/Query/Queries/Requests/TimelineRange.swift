import ReadModels

/// The buckets of a timeline: the range that was asked for, open ends filled in, widened to whole buckets.
struct TimelineRange: Equatable {
  /// Nanoseconds since 1970; `to` is exclusive.
  let from: Int64
  let to: Int64
  /// Nil when the range is empty.
  let plan: TimelinePlan?

  /// - Parameters:
  ///   - from: nil: the first sample of the data, but not so early that there would be too many points.
  ///   - to: nil: behind the last sample of the data.
  ///   - data: nil when the series that are asked for have no samples; not looked at when both ends are given.
  ///   - now: where a range lies that has neither ends nor data.
  /// - Throws: when the range has more buckets than `pointsLimit`.
  init(
    from: Int64?, to: Int64?, data: TimelineSpan?, step: QueryStep, pointsLimit: Int, now: Int64
  ) throws(QueryError) {
    let end = Self.end(from: from, to: to, data: data, now: now)
    let start = Swift.min(end, from ?? Self.start(before: end, data: data, step: step, pointsLimit: pointsLimit))
    guard let plan = TimelinePlan(from: start, to: end, stepMinutes: step.minutes) else {
      let floor = TimelinePlan(from: start, to: start == .max ? start : start + 1, stepMinutes: step.minutes)?.from
      (self.from, self.to, self.plan) = (floor ?? start, floor ?? start, nil)
      return
    }
    guard plan.buckets.count <= pointsLimit else { throw Self.tooManyPoints(plan, pointsLimit) }
    (self.from, self.to, self.plan) = (plan.from, plan.to, plan)
  }

  private static func end(from: Int64?, to: Int64?, data: TimelineSpan?, now: Int64) -> Int64 {
    if let to { return to }
    guard let data else { return from ?? now }
    let behindLast = data.lastAt == .max ? .max : data.lastAt + 1
    return Swift.max(behindLast, from ?? .min)
  }

  private static func start(before end: Int64, data: TimelineSpan?, step: QueryStep, pointsLimit: Int) -> Int64 {
    guard let data, data.firstAt < end else { return end }
    guard let last = TimelinePlan(from: end - 1, to: end, stepMinutes: step.minutes) else { return end }
    let (length, overflow) = step.nanoseconds.multipliedReportingOverflow(by: Int64(pointsLimit))
    let (earliest, underflow) = last.to.subtractingReportingOverflow(overflow ? .max : length)
    return Swift.max(data.firstAt, underflow ? .min : earliest)
  }

  private static func tooManyPoints(_ plan: TimelinePlan, _ limit: Int) -> QueryError {
    let minutes = Int64(plan.buckets.count) * plan.stepMinutes
    let enough = (minutes + Int64(limit) - 1) / Int64(limit)
    return .limit(
      .tooManyPoints,
      "the range has \(plan.buckets.count) buckets of the step, and the limit is \(limit) points per series: give a step "
        + "of at least \(enough)m, or a shorter range")
  }
}

import ReadModels

/// The range of a timeline with its open ends filled in, not widened yet.
struct WantedRange: Equatable {
  /// Nanoseconds since 1970; at most `to`.
  let from: Int64
  /// Exclusive.
  let to: Int64
  /// Whether `from` was left open, so that it may move.
  let isFromOpen: Bool
  /// Buckets that the timeline may have.
  let pointsLimit: Int

  /// - Parameters:
  ///   - from: nil: the first sample of the data, but not so early that there would be too many points.
  ///   - to: nil: behind the last sample of the data.
  ///   - data: nil when the series that are asked for have no samples; not looked at when both ends are given.
  ///   - now: where a range lies that has neither ends nor data.
  init(from: Int64?, to: Int64?, data: TimelineSpan?, step: QueryStep, pointsLimit: Int, now: Int64) {
    self.pointsLimit = pointsLimit
    isFromOpen = from == nil
    let end = Self.end(from: from, to: to, data: data, now: now)
    self.to = end
    self.from = Swift.min(end, from ?? Self.start(before: end, data: data, step: step, pointsLimit: pointsLimit))
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
}

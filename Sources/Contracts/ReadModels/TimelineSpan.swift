/// The times of a series' first and last sample that are not NaN, in nanoseconds since 1970: a row of `spans`.
package struct TimelineSpan: Hashable, Sendable {
  package var firstAt: Int64
  package var lastAt: Int64

  package init(firstAt: Int64, lastAt: Int64) {
    self.firstAt = firstAt
    self.lastAt = lastAt
  }

  /// The span after the tail's changes, given the row of `spans` (nil: none, or one of nulls).
  ///
  /// `isExact` is false when the tail may have taken away the first or last sample itself: a NaN took its place, and the
  /// span is then only known not to be wider. The aggregates of all days know: `TimelineMerge.buckets` of a plan over all
  /// of time with a step of a day.
  package static func merged(_ span: TimelineSpan?, _ changes: SeriesChanges) -> (span: TimelineSpan?, isExact: Bool) {
    let samples = changes.samples
    guard let first = (0..<samples.count).first(where: { !samples.values[$0].isNaN }),
      let last = (0..<samples.count).last(where: { !samples.values[$0].isNaN })
    else {
      return (span, span.map { !changes.mayRemove($0) } ?? true)
    }
    let added = TimelineSpan(firstAt: samples.times[first], lastAt: samples.times[last])
    guard let span else { return (added, true) }
    let merged = TimelineSpan(firstAt: min(span.firstAt, added.firstAt), lastAt: max(span.lastAt, added.lastAt))
    // An end that the tail itself has a sample at, or beyond, does not depend on what it takes away.
    let firstIsSure = added.firstAt <= span.firstAt || !changes.mayRemove(span.firstAt)
    let lastIsSure = added.lastAt >= span.lastAt || !changes.mayRemove(span.lastAt)
    return (merged, firstIsSure && lastIsSure)
  }
}

extension SeriesChanges {
  fileprivate func mayRemove(_ span: TimelineSpan) -> Bool {
    mayRemove(span.firstAt) || mayRemove(span.lastAt)
  }

  /// Whether samples at a time are removed, whatever comes in their place.
  fileprivate func mayRemove(_ time: Int64) -> Bool {
    indices(from: time, through: time).contains { clears[$0] }
  }
}

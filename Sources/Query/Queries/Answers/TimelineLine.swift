import ReadModels

/// One line of a timeline: points at the starts of buckets that have samples, by rising time.
package struct TimelineLine: Sendable {
  package let labels: SeriesLabels
  /// Starts of buckets, in nanoseconds since 1970.
  package let times: [Int64]
  /// Per aggregate that was asked for, in that order, as many values as times. NaN: the bucket has none, because its
  /// samples are all NaN, or because infinities of both signs were added. A count is always there.
  package let columns: [[Double]]

  init(_ labels: SeriesLabels, times: [Int64], aggregates: [Aggregate], as kinds: [AggregateKind]) {
    self.labels = labels
    self.times = times
    columns = kinds.map { kind in aggregates.map { Self.value(kind, $0) } }
  }

  private static func value(_ kind: AggregateKind, _ aggregate: Aggregate) -> Double {
    if kind == .count { return Double(aggregate.count) }
    if aggregate.isEmpty { return .nan }
    switch kind {
    case .avg: return aggregate.average ?? .nan
    case .sum: return aggregate.sum
    case .count: return Double(aggregate.count)
    case .min: return aggregate.min
    case .max: return aggregate.max
    case .first: return aggregate.first
    case .last: return aggregate.last
    }
  }
}

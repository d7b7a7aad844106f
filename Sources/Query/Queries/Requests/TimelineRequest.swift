/// What `GET /v1/timeline` asks.
package struct TimelineRequest: Sendable {
  package var selector: SeriesSelector
  /// Nanoseconds since 1970, as given. Nil: the first sample, or the earliest time that the limit on points allows.
  package var from: Int64?
  /// Exclusive. Nil: behind the last sample.
  package var to: Int64?
  package var step: QueryStep
  /// Whose days the buckets are; the step is a day then. Nil: days of UTC.
  package var zone: ZoneName?
  /// The columns, in this order; at least one.
  package var aggregates: [AggregateKind]
  package var grouping: Grouping
  /// Whether the answer is to list all label keys, as a table needs.
  package var wantsLabelKeys = false

  package init(
    selector: SeriesSelector, from: Int64? = nil, to: Int64? = nil, step: QueryStep = .minute,
    aggregates: [AggregateKind] = [.avg], grouping: Grouping = .eachSeries
  ) {
    self.selector = selector
    self.from = from
    self.to = to
    self.step = step
    self.aggregates = aggregates
    self.grouping = grouping
  }
}

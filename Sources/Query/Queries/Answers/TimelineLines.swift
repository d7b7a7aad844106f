import ReadModels

/// Collects the buckets of series into the lines of an answer, as the grouping says.
struct TimelineLines {
  private let request: TimelineRequest
  private let limits: QueryLimits
  private var lines: [TimelineLine] = []
  private var groups: [SeriesLabels: MergedBuckets] = [:]
  private var points = 0

  init(_ request: TimelineRequest, _ limits: QueryLimits) {
    self.request = request
    self.limits = limits
  }

  /// Adds a series; to be called in a fixed order of series.
  mutating func add(_ labels: SeriesLabels, _ buckets: TimelineBuckets) throws(QueryError) {
    switch request.grouping {
    case .eachSeries:
      points += buckets.count
      lines.append(
        TimelineLine(labels, times: buckets.starts, aggregates: buckets.aggregates, as: request.aggregates))
    case .byLabels(let keys):
      let group = labels.kept(keys)
      var merged = groups.removeValue(forKey: group) ?? MergedBuckets()
      let before = merged.starts.count
      merged.merge(buckets)
      points += merged.starts.count - before
      groups[group] = merged
    }
    guard points <= limits.pointsPerAnswerLimit else {
      throw .limit(
        .tooManyPoints,
        "the answer has more than \(limits.pointsPerAnswerLimit) points, which is the limit: ask for fewer series, a "
          + "shorter range or a longer step, or merge series with by=")
    }
  }

  /// The lines, sorted by labels.
  func finish() -> [TimelineLine] {
    let merged = groups.map { group, buckets in
      TimelineLine(group, times: buckets.starts, aggregates: buckets.aggregates, as: request.aggregates)
    }
    return (lines + merged).sorted { $0.labels < $1.labels }
  }
}

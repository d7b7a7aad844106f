import ReadModels

/// Collects the buckets of series into the lines of an answer, as the grouping says.
struct TimelineLines {
  private let request: TimelineRequest
  private let limits: QueryLimits
  private let series: SelectedSeries
  private var lines: [TimelineLine] = []
  /// Per group its labels; per series the number of its group. Empty where each series is a line.
  private let groups: [SeriesLabels]
  private let groupOfSeries: [Int32]
  private var merged: [MergedBuckets]
  private var points = 0

  init(_ request: TimelineRequest, _ series: SelectedSeries, _ limits: QueryLimits) {
    self.request = request
    self.series = series
    self.limits = limits
    switch request.grouping {
    case .eachSeries: (groups, groupOfSeries) = ([], [])
    case .byLabels(let keys): (groups, groupOfSeries) = series.groups(by: keys)
    }
    merged = Array(repeating: MergedBuckets(), count: groups.count)
  }

  /// Adds the series at an index; to be called in a fixed order of series.
  mutating func add(_ index: Int, _ buckets: TimelineBuckets) throws(QueryError) {
    switch request.grouping {
    case .eachSeries:
      points += buckets.count
      lines.append(
        TimelineLine(
          series.labels(at: index), times: buckets.starts, aggregates: buckets.aggregates, as: request.aggregates))
    case .byLabels: points += merged[Int(groupOfSeries[index])].merge(buckets)
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
    let grouped = zip(groups, merged).filter { !$1.starts.isEmpty }.map { group, buckets in
      TimelineLine(group, times: buckets.starts, aggregates: buckets.aggregates, as: request.aggregates)
    }
    return (lines + grouped).sorted { $0.labels < $1.labels }
  }
}

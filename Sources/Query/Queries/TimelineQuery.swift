import Events
import ReadModels
import Runtime

/// `GET /v1/timeline`: from a request and a snapshot to the answer.
package struct TimelineQuery: Sendable {
  private let request: TimelineRequest

  package init(_ request: TimelineRequest) {
    self.request = request
  }
  package func answer(_ snapshot: ReadSnapshot) throws(ReadFailure) -> TimelineAnswer {
    let series = try CatalogueReader(snapshot: snapshot).select(request.selector)
    let range = try range(of: series, snapshot)
    return TimelineAnswer(
      name: request.selector.name, step: request.step, zone: request.zone, from: range.from, to: range.to,
      position: snapshot.progress.token, aggregates: request.aggregates,
      lines: try lines(series, range.plan, snapshot), labelKeys: labelKeys(series))
  }

  private func labelKeys(_ series: SelectedSeries) -> [String] {
    guard request.wantsLabelKeys else { return [] }
    switch request.grouping {
    case .eachSeries: return series.keys
    case .byLabels(let keys): return LabelKeys(keys).sorted
    }
  }

  private func range(of series: SelectedSeries, _ snapshot: ReadSnapshot) throws(ReadFailure) -> TimelineRange {
    let isOpen = request.from == nil || request.to == nil
    let data = isOpen ? try SpanReader(snapshot: snapshot).span(of: series.ids) : nil
    let wanted = WantedRange(
      from: request.from, to: request.to, data: data, step: request.step,
      pointsLimit: snapshot.limits.pointsPerSeriesLimit, now: WallClock.now)
    if let zone = request.zone, zone.text != ZoneName.utc {
      return try TimelineRange(wanted, ZoneDays(snapshot: snapshot, zone: zone))
    }
    return try ReadFailure.ofQuery { () throws(QueryError) in try TimelineRange(wanted, step: request.step) }
  }

  private func lines(
    _ series: SelectedSeries, _ plan: TimelinePlan?, _ snapshot: ReadSnapshot
  ) throws(ReadFailure) -> [TimelineLine] {
    guard let plan, !series.ids.isEmpty else { return [] }
    var lines = TimelineLines(request, series, snapshot.limits)
    try TimelineReader(snapshot).forEachTimeline(of: series.ids, plan) { (index, buckets) throws(ReadFailure) in
      try snapshot.checkTime()
      try ReadFailure.ofQuery { () throws(QueryError) in try lines.add(index, buckets) }
    }
    return lines.finish()
  }
}

import Events
import Postgres
import ReadModels

/// Reads the rows that buckets and samples are computed from, some series and some time at once, so that no query has more
/// than `QueryLimits.rowsPerFetch` rows with samples in memory.
struct TimelineReader {
  let snapshot: ReadSnapshot
  let days: BucketTable
  let hours: BucketTable
  let minutes: BucketTable

  init(_ snapshot: ReadSnapshot) {
    self.snapshot = snapshot
    let schema = snapshot.progress.timeline.schema
    days = BucketTable(.day, schema: schema)
    hours = BucketTable(.hour, schema: schema)
    minutes = BucketTable(.minute, schema: schema)
  }

  // MARK: Buckets

  /// Calls `body` for each series of `series` that has samples in the plan, in their order.
  func forEachTimeline(
    of series: [SeriesID], _ plan: TimelinePlan,
    _ body: (SeriesID, TimelineBuckets) throws(ReadFailure) -> Void
  ) throws(ReadFailure) {
    let tail = try TailRows(snapshot, series: series)
    let rowsPerSeries = plan.level == .day ? plan.days.count : plan.hours.count
    if rowsPerSeries <= limit(plan.level) {
      for batch in Self.batches(series, of: limit(plan.level) / max(1, rowsPerSeries)) {
        let changes = try tail.changes(of: batch)
        let rows = try read(batch, plan, changes)
        for id in batch { try merge(id, plan, rows[id], body) }
      }
    } else {
      for id in series { try longTimeline(of: id, plan, try tail.changes(of: [id]), body) }
    }
  }

  /// One series over more rows than are read at once: part by part, each of whole buckets.
  private func longTimeline(
    of id: SeriesID, _ plan: TimelinePlan, _ changes: [SeriesID: SeriesChanges],
    _ body: (SeriesID, TimelineBuckets) throws(ReadFailure) -> Void
  ) throws(ReadFailure) {
    var whole = TimelineBuckets()
    for part in plan.parts(rowsLimit: limit(plan.level)) {
      let rows = try read([id], part, changes)
      try merge(id, part, rows[id]) { (_, buckets) throws(ReadFailure) in
        whole.starts += buckets.starts
        whole.stored += buckets.stored
        whole.aggregates += buckets.aggregates
      }
    }
    if whole.count > 0 { try body(id, whole) }
  }

  private func merge(
    _ id: SeriesID, _ plan: TimelinePlan, _ rows: TimelineRows?,
    _ body: (SeriesID, TimelineBuckets) throws(ReadFailure) -> Void
  ) throws(ReadFailure) {
    guard let rows else { return }
    let buckets = try ReadFailure.ofContent { () throws(ReadModelError) in try TimelineMerge.buckets(plan, rows) }
    if buckets.count > 0 { try body(id, buckets) }
  }

  /// Rows without samples take about 150 bytes, those with samples about 1 kB and at most 40.
  private func limit(_ level: BucketLevel) -> Int {
    level == .minute ? snapshot.limits.rowsPerFetch : snapshot.limits.rowsPerFetch * 16
  }

  /// The rows that `TimelinePlan` asks for. Series without rows and changes are not in the result.
  private func read(
    _ series: [SeriesID], _ plan: TimelinePlan, _ changes: [SeriesID: SeriesChanges]
  ) throws(ReadFailure) -> [SeriesID: TimelineRows] {
    let needs = changes.mapValues { plan.needs($0) }
    var rows: [SeriesID: TimelineRows] = changes.mapValues { TimelineRows(changes: $0) }
    if plan.level == .day {
      var wanted = BucketRanges()
      for id in series { wanted.add(id.rawValue, plan.days, withSamples: false) }
      for (id, found) in try fetch(days, wanted) { rows[id, default: TimelineRows()].days = found }
    }
    var wanted = BucketRanges()
    for id in series { add(id, plan, needs[id], to: &wanted) }
    for (id, found) in try fetch(hours, wanted) { rows[id, default: TimelineRows()].hours = found }
    try readMinutes(&rows) { id, hour in
      plan.level == .minute || plan.cuts(hour) || (needs[id]?.hours.contains(hour) ?? false)
        ? needs[id]?.minutes ?? [] : nil
    }
    return rows
  }

  private func add(_ id: SeriesID, _ plan: TimelinePlan, _ needs: TimelineNeeds?, to wanted: inout BucketRanges) {
    switch plan.level {
    case .minute: wanted.add(id.rawValue, plan.hours, withSamples: true)
    case .hour: wanted.add(id.rawValue, plan.hours, sampled: plan.hoursWithSamples(needs))
    case .day:
      for day in needs?.days ?? [] {
        wanted.add(id.rawValue, BucketLevel.day.parts(of: day, at: .hour), sampled: needs?.hours ?? [])
      }
    }
  }

  /// Adds the minutes of the split hours among `rows` for which `sampled` gives the minutes that are needed with samples.
  private func readMinutes(
    _ rows: inout [SeriesID: TimelineRows], sampled: (SeriesID, _ hour: Int32) -> [Int32]?
  ) throws(ReadFailure) {
    var wanted = BucketRanges()
    for (id, found) in rows {
      for hour in found.hours where hour.isSplit {
        guard let sampled = sampled(id, hour.bucket) else { continue }
        wanted.add(id.rawValue, BucketLevel.hour.parts(of: hour.bucket, at: .minute), sampled: sampled)
      }
    }
    for (id, found) in try fetch(minutes, wanted) { rows[id]?.minutes = found }
  }

  func fetch(_ table: BucketTable, _ wanted: BucketRanges) throws(ReadFailure) -> [SeriesID: [BucketRow]] {
    if wanted.isEmpty { return [:] }
    let result = try snapshot.query(table.statement, wanted.parameters)
    return try ReadFailure.ofStore { () throws(PostgresError) in try table.read(result) }
  }

  static func batches(_ series: [SeriesID], of size: Int) -> [[SeriesID]] {
    let size = max(1, min(size, SeriesPage.seriesCount))
    return stride(from: 0, to: series.count, by: size).map { Array(series[$0..<min($0 + size, series.count)]) }
  }
}

import Events
import Postgres
import ReadModels

/// Reads the rows that buckets and samples are computed from, some series and some time at once, so that no query has more
/// than `QueryLimits.rowsPerFetch` rows with samples in memory beside what is kept.
struct TimelineReader {
  let snapshot: ReadSnapshot

  init(_ snapshot: ReadSnapshot) {
    self.snapshot = snapshot
  }

  // MARK: Buckets

  /// Calls `body` for each series that has samples in the plan, with its index in `series`, in their order.
  func forEachTimeline(
    of series: [SeriesID], _ plan: TimelinePlan,
    _ body: (Int, TimelineBuckets) throws(ReadFailure) -> Void
  ) throws(ReadFailure) {
    let tails = try TailRows(snapshot, series: series)
    let scratch = SampleScratch()
    let rowsPerSeries = plan.level == .day ? plan.days.count : plan.hours.count
    let isLong = rowsPerSeries > limit(plan.level)
    let parts = isLong ? plan.parts(rowsLimit: limit(plan.level)) : [plan]
    for batch in Self.batches(series.indices, of: isLong ? 1 : limit(plan.level) / max(1, rowsPerSeries)) {
      let ids = Array(series[batch])
      let changes = try tails.changes(of: ids, in: Self.span(plan))
      var whole = TimelineBuckets()
      for part in parts {
        let rows = try read(ids, part, changes, tails)
        for (place, rows) in rows.enumerated() {
          let buckets = try ReadFailure.ofContent { () throws(ReadModelError) in
            try TimelineMerge.buckets(part, rows, scratch)
          }
          if isLong { whole.append(buckets) } else if buckets.count > 0 { try body(batch.lowerBound + place, buckets) }
        }
      }
      if whole.count > 0 { try body(batch.lowerBound, whole) }
    }
  }

  /// Rows without samples take about 150 bytes, those with samples about 1 kB and at most 40.
  private func limit(_ level: BucketLevel) -> Int {
    level == .minute ? snapshot.limits.rowsPerFetch : snapshot.limits.rowsPerFetch * 16
  }

  /// The time of all stored buckets that any bucket of the plan is computed from.
  private static func span(_ plan: TimelinePlan) -> ClosedRange<Int64> {
    let level: BucketLevel = plan.level == .day ? .day : .hour
    let range = plan.range(level)
    return level.start(of: range.lowerBound)...level.last(of: range.upperBound - 1)
  }

  /// The rows that `TimelinePlan` asks for, of each series.
  private func read(
    _ series: [SeriesID], _ plan: TimelinePlan, _ changes: [SeriesID: SeriesChanges], _ tails: TailRows
  ) throws(ReadFailure) -> [TimelineRows] {
    let reader = RowReader(snapshot: snapshot, tails: tails)
    var rows = series.map { TimelineRows(changes: changes[$0] ?? SeriesChanges()) }
    // By minute they matter only where an hour is split.
    lazy var needs = changes.isEmpty ? [] : series.map { id in changes[id].map { plan.needs($0) } }
    func need(_ place: Int) -> TimelineNeeds? { needs.isEmpty ? nil : needs[place] }
    switch plan.level {
    case .minute:
      let found = try reader.rows(.sampledHours, series.map { ($0, plan.hours) })
      for place in rows.indices { rows[place].hours = found[place].rows }
    case .hour:
      let found = try reader.rows(.hours, series.map { ($0, plan.hours) })
      for place in rows.indices { rows[place].hours = found[place].rows }
      try addSampledHours(&rows, series, reader) { plan.hoursWithSamples(need($0)) }
    case .day:
      let found = try reader.rows(.days, series.map { ($0, plan.days) })
      for place in rows.indices { rows[place].days = found[place].rows }
      try addHoursOfDays(&rows, series, reader) { need($0)?.days ?? [] }
      try addSampledHours(&rows, series, reader) { need($0)?.hours ?? [] }
    }
    try addMinutes(&rows, series, plan, reader, need)
    return rows
  }

  /// Puts in the hours of the days that the tail touches.
  private func addHoursOfDays(
    _ rows: inout [TimelineRows], _ series: [SeriesID], _ reader: RowReader, _ days: (Int) -> [Int32]
  ) throws(ReadFailure) {
    let wanted = Self.stretches(rows.indices) { place in
      days(place).map { BucketLevel.day.parts(of: $0, at: .hour) }
    }
    let found = try reader.rows(.hours, wanted.map { (series[$0.place], $0.buckets) })
    for (index, wanted) in wanted.enumerated() {
      rows[wanted.place].hours.append(contentsOf: found[index].rows.filter { wanted.buckets.contains($0.bucket) })
    }
  }

  /// Puts hours with samples in the place of those without; both rise.
  private func addSampledHours(
    _ rows: inout [TimelineRows], _ series: [SeriesID], _ reader: RowReader, _ hours: (Int) -> [Int32]
  ) throws(ReadFailure) {
    let wanted = Self.stretches(rows.indices) { Self.runs(hours($0)) }
    let found = try reader.rows(.sampledHours, wanted.map { (series[$0.place], $0.buckets) })
    for (index, wanted) in wanted.enumerated() {
      rows[wanted.place].hours.replace(by: found[index].rows.filter { wanted.buckets.contains($0.bucket) })
    }
  }

  /// Puts in the minutes of split hours that are needed, those that the tail touches with samples.
  private func addMinutes(
    _ rows: inout [TimelineRows], _ series: [SeriesID], _ plan: TimelinePlan, _ reader: RowReader,
    _ need: (Int) -> TimelineNeeds?
  ) throws(ReadFailure) {
    let hours = rows.indices.map { place in
      rows[place].hours.filter { row in
        row.isSplit
          && (plan.level == .minute
            ? plan.hours.contains(row.bucket)
            : plan.cuts(row.bucket) || (need(place)?.hours.contains(row.bucket) ?? false))
      }.map(\.bucket)
    }
    let wanted = Self.stretches(rows.indices) { place in
      Self.runs(hours[place]).map { run in
        BucketLevel.hour.parts(of: run.lowerBound, at: .minute)
          .lowerBound..<BucketLevel.hour.parts(
            of: run.upperBound - 1, at: .minute
          ).upperBound
      }
    }
    if wanted.isEmpty { return }
    let found = try reader.rows(.minutes, wanted.map { (series[$0.place], $0.buckets) })
    for (index, wanted) in wanted.enumerated() {
      rows[wanted.place].minutes.append(contentsOf: found[index].rows.filter { wanted.buckets.contains($0.bucket) })
    }
    let touched = Self.stretches(rows.indices) { place in
      let split = Set(hours[place])
      return Self.runs(
        (need(place)?.minutes ?? []).filter { split.contains(BucketLevel.hour.holder(of: $0, at: .minute)) })
    }
    let sampled = try reader.rows(.sampledMinutes, touched.map { (series[$0.place], $0.buckets) })
    for (index, touched) in touched.enumerated() { rows[touched.place].minutes.replace(by: sampled[index].rows) }
  }

  private static func stretches(
    _ places: Range<Int>, _ buckets: (Int) -> [Range<Int32>]
  ) -> [(place: Int, buckets: Range<Int32>)] {
    places.flatMap { place in buckets(place).map { (place, $0) } }
  }

  /// Rising buckets as stretches of neighbours.
  private static func runs(_ buckets: some Sequence<Int32>) -> [Range<Int32>] {
    var runs: [Range<Int32>] = []
    for bucket in buckets {
      if let last = runs.last, last.upperBound == bucket {
        runs[runs.count - 1] = last.lowerBound..<(bucket + 1)
      } else {
        runs.append(bucket..<(bucket + 1))
      }
    }
    return runs
  }

  static func batches(_ series: Range<Int>, of size: Int) -> [Range<Int>] {
    let size = max(1, min(size, SeriesPage.seriesCount))
    return stride(from: series.lowerBound, to: series.upperBound, by: size).map {
      $0..<min($0 + size, series.upperBound)
    }
  }
}

extension [BucketRow] {
  /// Puts rows, which rise, in the place of those of the same buckets.
  fileprivate mutating func replace(by others: [BucketRow]) {
    for other in others {
      var low = 0
      var high = count
      while low < high {
        let middle = (low + high) / 2
        if self[middle].bucket < other.bucket { low = middle + 1 } else { high = middle }
      }
      if low < count, self[low].bucket == other.bucket { self[low] = other } else { insert(other, at: low) }
    }
  }
}

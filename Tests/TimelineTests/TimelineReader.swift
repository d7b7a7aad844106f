import Events
import ProjectionKit
import ReadModels

/// Reads a timeline from the tables as `TimelinePlan` says a query does.
struct TimelineReader {
  let bench: TimelineBench

  func buckets(_ series: Int64, from: Int64, to: Int64, stepMinutes: Int64) throws -> TimelineBuckets {
    guard let plan = TimelinePlan(from: from, to: to, stepMinutes: stepMinutes) else { return TimelineBuckets() }
    var buckets = TimelineBuckets()
    try bench.write { transaction in
      let changes = try changes(series, transaction)
      buckets = try TimelineMerge.buckets(plan, rows(series, plan, changes, transaction))
    }
    return buckets
  }

  private func changes(_ series: Int64, _ transaction: any ReadTransaction) throws -> SeriesChanges {
    let id = SeriesID(rawValue: series)
    let page = SeriesPage(of: id, shards: TimelineBench.shards)
    let slot = SeriesPage.slot(of: id, shards: TimelineBench.shards)
    let tail = try transaction.query(
      TimelineTables.tailOfPages(schema: bench.schema),
      [.array(.int32([page.shard])), .array(.int32([page.page])), .array(.int64([-1]))])
    var collected = PageChanges()
    let rows = try (0..<tail.count).filter { !tail.isNull($0, 2) }
      .map { (sequence: try tail.int64($0, 2), changes: try tail.byteArray($0, 4)) }
    for row in rows.sorted(by: { $0.sequence < $1.sequence }) {
      try TailRow.decode(row.changes, slots: SlotSet([slot]), into: &collected)
    }
    var changes = SeriesChanges()
    collected.forEachSeries { changes = $1 }
    return changes
  }

  private func rows(
    _ series: Int64, _ plan: TimelinePlan, _ changes: SeriesChanges, _ transaction: any ReadTransaction
  ) throws -> TimelineRows {
    let needs = plan.needs(changes)
    var rows = TimelineRows(changes: changes)
    if plan.level == .day { rows.days = try read("days", "day", series, plan.days, false, transaction) }
    var hours: Set<Int32> = Set(needs.hours)
    if plan.level != .day { hours.formUnion(plan.hours) }
    for day in needs.days where plan.level == .day { hours.formUnion(BucketLevel.day.parts(of: day, at: .hour)) }
    for hour in hours.sorted() {
      let inFull = plan.level == .minute || needs.hours.contains(hour)
      guard let row = try read("hours", "hour", series, hour..<(hour + 1), inFull, transaction).first else { continue }
      rows.hours.append(row)
      guard inFull, row.isSplit else { continue }
      let minutes = BucketLevel.hour.parts(of: hour, at: .minute)
      rows.minutes += try read("minutes", "minute", series, minutes, true, transaction).map { minute in
        needs.minutes.contains(minute.bucket)
          ? minute : BucketRow(bucket: minute.bucket, stored: minute.stored, aggregate: minute.aggregate)
      }
    }
    return rows
  }

  private func read(
    _ table: String, _ bucket: String, _ series: Int64, _ range: Range<Int32>, _ samples: Bool,
    _ transaction: any ReadTransaction
  ) throws -> [BucketRow] {
    let columns = TimelineTables.aggregateColumns
    let rows = try transaction.query(
      """
      SELECT \(bucket), \(columns), \(samples ? "samples" : "NULL::bytea") FROM \(bench.schema).\(table)
      WHERE series = $1 AND \(bucket) >= $2 AND \(bucket) < $3 ORDER BY \(bucket)
      """, [.int64(series), .int32(range.lowerBound), .int32(range.upperBound)])
    return try (0..<rows.count).map { row in
      var aggregate = Aggregate.empty
      if !rows.isNull(row, 3) {
        aggregate = Aggregate(
          count: try rows.int64(row, 2), sum: try rows.double(row, 3), min: try rows.double(row, 4),
          max: try rows.double(row, 5), first: try rows.double(row, 6), firstAt: try rows.int64(row, 7),
          last: try rows.double(row, 8), lastAt: try rows.int64(row, 9))
      }
      return BucketRow(
        bucket: Int32(try rows.int64(row, 0)), stored: try rows.int64(row, 1), aggregate: aggregate,
        samples: rows.isNull(row, 10) ? nil : try rows.byteArray(row, 10))
    }
  }
}

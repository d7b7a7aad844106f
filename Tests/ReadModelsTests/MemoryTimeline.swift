import ReadModels

/// The tables of a timeline build as dictionaries: one page, folded by the same pure functions as the real ones.
struct MemoryTimeline {
  struct Key: Hashable {
    let slot: UInt16
    let bucket: Int32
  }

  private(set) var hours: [Key: BucketRow] = [:]
  private(set) var minutes: [Key: BucketRow] = [:]
  private(set) var days: [Key: BucketRow] = [:]

  /// Folds rows of the tail.
  mutating func fold(_ rows: [[UInt8]]) throws {
    var page = PageChanges()
    for row in rows { try TailRow.decode(row, into: &page) }
    try page.forEachSeries { slot, changes in
      for hour in changes.buckets(.hour) { try fold(slot, hour, changes) }
      for day in changes.buckets(.day) { foldDay(slot, day) }
    }
  }

  private mutating func fold(_ slot: UInt16, _ hour: Int32, _ changes: SeriesChanges) throws {
    let key = Key(slot: slot, bucket: hour)
    let entries = changes.indices(from: BucketLevel.hour.start(of: hour), through: BucketLevel.hour.last(of: hour))
    let touched = Set(changes.buckets(.minute))
    let all = minuteRows(slot, hour)
    let known = all.map { row in
      touched.contains(row.bucket) ? row : BucketRow(bucket: row.bucket, stored: row.stored, aggregate: row.aggregate)
    }
    var outcome = try HourFold.fold(hour: hour, row: hours[key], minutes: known, changes: changes, in: entries)
    if case .needsAllMinutes = outcome {
      outcome = try HourFold.fold(hour: hour, row: hours[key], minutes: all, changes: changes, in: entries)
    }
    guard case .folded(let result) = outcome else { return }
    hours[key] = result.hour
    for row in result.minutesWritten { minutes[Key(slot: slot, bucket: row.bucket)] = row }
    for minute in result.minutesRemoved { minutes[Key(slot: slot, bucket: minute)] = nil }
  }

  private mutating func foldDay(_ slot: UInt16, _ day: Int32) {
    let parts = BucketLevel.day.parts(of: day, at: .hour).compactMap { hours[Key(slot: slot, bucket: $0)] }
    days[Key(slot: slot, bucket: day)] = BucketFold.row(bucket: day, of: parts)
  }

  private func minuteRows(_ slot: UInt16, _ hour: Int32) -> [BucketRow] {
    BucketLevel.hour.parts(of: hour, at: .minute).compactMap { minutes[Key(slot: slot, bucket: $0)] }
  }

  /// Exactly the rows that a plan says a query must read, and no others.
  func rows(_ slot: UInt16, _ plan: TimelinePlan, _ changes: SeriesChanges) -> TimelineRows {
    let needs = plan.needs(changes)
    var wanted: [Int32: Bool] = [:]  // hour: with samples
    switch plan.level {
    case .minute: for hour in plan.hours { wanted[hour] = true }
    case .hour: for hour in plan.hours { wanted[hour] = false }
    case .day: for day in needs.days { for hour in BucketLevel.day.parts(of: day, at: .hour) { wanted[hour] = false } }
    }
    for hour in plan.hoursWithSamples(needs) { wanted[hour] = true }
    var rows = TimelineRows(changes: changes)
    if plan.level == .day { rows.days = plan.days.compactMap { days[Key(slot: slot, bucket: $0)] } }
    for (hour, withSamples) in wanted.sorted(by: { $0.key < $1.key }) {
      guard var row = hours[Key(slot: slot, bucket: hour)] else { continue }
      if !withSamples { row.samples = nil }
      rows.hours.append(row)
      guard withSamples, row.isSplit else { continue }
      rows.minutes += minuteRows(slot, hour).map { minute in
        needs.minutes.contains(minute.bucket)
          ? minute : BucketRow(bucket: minute.bucket, stored: minute.stored, aggregate: minute.aggregate)
      }
    }
    return rows
  }

  /// All that there is, with samples.
  func allRows(_ slot: UInt16, _ changes: SeriesChanges) -> TimelineRows {
    func all(_ table: [Key: BucketRow]) -> [BucketRow] {
      table.filter { $0.key.slot == slot }.map(\.value).sorted { $0.bucket < $1.bucket }
    }
    return TimelineRows(days: all(days), hours: all(hours), minutes: all(minutes), changes: changes)
  }
}

extension MemoryTimeline: Equatable {}

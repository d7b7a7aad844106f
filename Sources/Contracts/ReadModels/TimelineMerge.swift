/// From rows and tail to the buckets of a timeline, by the same folds that write the rows: an answer is the same before
/// and after a fold, to the bit.
package enum TimelineMerge {
  /// The buckets of one series. `TimelinePlan` says which rows must be in `rows`.
  /// - scratch: for unpacking; a caller with many series gives the same one for all.
  package static func buckets(
    _ plan: TimelinePlan, _ rows: TimelineRows, _ scratch: SampleScratch = SampleScratch()
  ) throws(ReadModelError) -> TimelineBuckets {
    var builder = Builder(plan: plan)
    let planned = rows.changes.indices(
      from: BucketLevel.minute.start(of: plan.minutes.lowerBound),
      through: BucketLevel.minute.last(of: plan.minutes.upperBound - 1))
    switch plan.level {
    case .minute: try addMinutes(plan, rows, planned, scratch, &builder)
    case .hour:
      let needs = plan.needs(rows.changes)
      for row in try hours(in: plan.hours, touched: needs.hours, planned, rows) {
        if plan.cuts(row.bucket) {
          builder.add(try minutes(of: row.bucket, planned, rows), at: .minute)
        } else {
          builder.add(row, at: .hour)
        }
      }
    case .day:
      let needs = plan.needs(rows.changes)
      for row in try days(in: plan.days, needs, planned, rows) { builder.add(row, at: .day) }
    }
    return builder.finish()
  }

  /// The samples of one series in `first ... last` (nanoseconds), in canonical order. `rows.hours` must have all hours
  /// of that range with samples, and `rows.minutes` all minutes of those that are split, with samples.
  package static func samples(
    from first: Int64, through last: Int64, _ rows: TimelineRows
  ) throws(ReadModelError) -> SeriesSamples {
    var result = SeriesSamples()
    guard first <= last else { return result }
    let span = BucketLevel.hour.bucket(of: first)...BucketLevel.hour.bucket(of: last)
    let touched = rows.changes.buckets(.hour).filter { span.contains($0) }
    for hour in SortedBuckets.union(touched, rows.hours.lazy.map(\.bucket).filter { span.contains($0) }) {
      let samples = try HourFold.samples(
        row: row(hour, rows.hours), minutes: minuteRows(of: hour, rows), changes: rows.changes,
        in: entries(of: hour, rows.changes))
      let lower = samples.lowerBound(first)
      let upper = last == .max ? samples.count : samples.lowerBound(last + 1)
      result.times.append(contentsOf: samples.times[lower..<upper])
      result.values.append(contentsOf: samples.values[lower..<upper])
    }
    return result
  }

  // MARK: - Levels

  /// Minutes straight from the packed samples and the tail's, which is what most answers are made of.
  private static func addMinutes(
    _ plan: TimelinePlan, _ rows: TimelineRows, _ planned: Range<Int>, _ scratch: SampleScratch,
    _ builder: inout Builder
  ) throws(ReadModelError) {
    var index = lowerBound(rows.hours, plan.hours.lowerBound)
    let upper = lowerBound(rows.hours, plan.hours.upperBound)
    var entry = planned.lowerBound
    builder.reserve(min(plan.buckets.count, (upper - index + 1) * 60))
    while index < upper || entry < planned.upperBound {
      // Behind the last of either: behind every hour.
      let stored = index < upper ? rows.hours[index].bucket : .max
      let touched = entry < planned.upperBound ? BucketLevel.hour.bucket(of: rows.changes.samples.times[entry]) : .max
      let hour = min(stored, touched)
      let entries = entry..<(hour == touched ? entries(of: hour, rows.changes).clamped(to: planned).upperBound : entry)
      if hour != stored {
        builder.addSamples(rows.changes.apply(entries, to: scratch, existing: 0), scratch)
      } else if rows.hours[index].isSplit {
        builder.add(entries.isEmpty ? minuteRows(of: hour, rows) : try minutes(of: hour, planned, rows), at: .minute)
      } else {
        guard let bytes = rows.hours[index].samples else { throw .missing("the samples of hour \(hour)") }
        let count = try PackedSamples.unpack(bytes, into: scratch)
        builder.addSamples(rows.changes.apply(entries, to: scratch, existing: count), scratch)
      }
      if hour == stored { index += 1 }
      entry = entries.upperBound
    }
  }

  /// - planned: the entries of the changes that lie within the plan. Those beside it could touch minutes of a split hour
  ///   that were not read, and matter to no bucket of the plan.
  private static func minutes(
    of hour: Int32, _ planned: Range<Int>, _ rows: TimelineRows
  ) throws(ReadModelError) -> [BucketRow] {
    try HourFold.minutes(
      row: row(hour, rows.hours), minutes: minuteRows(of: hour, rows), changes: rows.changes,
      in: entries(of: hour, rows.changes).clamped(to: planned))
  }

  /// The hours' rows in a range, the touched ones computed from their minutes.
  private static func hours(
    in range: Range<Int32>, touched: [Int32], _ planned: Range<Int>, _ rows: TimelineRows
  ) throws(ReadModelError) -> [BucketRow] {
    let touched = touched.filter { range.contains($0) }
    let lower = lowerBound(rows.hours, range.lowerBound)
    let upper = lowerBound(rows.hours, range.upperBound)
    if touched.isEmpty { return Array(rows.hours[lower..<upper]) }
    var result: [BucketRow] = []
    var next = touched.makeIterator()
    var hour = next.next()
    func compute(_ hour: Int32) throws(ReadModelError) {
      if let row = BucketFold.row(bucket: hour, of: try minutes(of: hour, planned, rows)) { result.append(row) }
    }
    for row in rows.hours[lower..<upper] {
      while let first = hour, first < row.bucket {
        try compute(first)
        hour = next.next()
      }
      if let first = hour, first == row.bucket {
        try compute(first)
        hour = next.next()
      } else {
        result.append(row)
      }
    }
    while let first = hour {
      try compute(first)
      hour = next.next()
    }
    return result
  }

  /// The days' rows in a range, the touched ones computed from their hours.
  private static func days(
    in range: Range<Int32>, _ needs: TimelineNeeds, _ planned: Range<Int>, _ rows: TimelineRows
  ) throws(ReadModelError) -> [BucketRow] {
    var result: [BucketRow] = []
    for day in SortedBuckets.union(needs.days, rows.days.lazy.map(\.bucket).filter { range.contains($0) }) {
      guard SortedBuckets.contains(needs.days, day) else {
        if let row = row(day, rows.days) { result.append(row) }
        continue
      }
      let hours = try hours(in: BucketLevel.day.parts(of: day, at: .hour), touched: needs.hours, planned, rows)
      if let row = BucketFold.row(bucket: day, of: hours) { result.append(row) }
    }
    return result
  }

  // MARK: - Rows

  private static func entries(of hour: Int32, _ changes: SeriesChanges) -> Range<Int> {
    if changes.isEmpty { return 0..<0 }
    return changes.indices(from: BucketLevel.hour.start(of: hour), through: BucketLevel.hour.last(of: hour))
  }

  private static func minuteRows(of hour: Int32, _ rows: TimelineRows) -> [BucketRow] {
    if rows.minutes.isEmpty { return [] }
    let parts = BucketLevel.hour.parts(of: hour, at: .minute)
    return Array(
      rows.minutes[lowerBound(rows.minutes, parts.lowerBound)..<lowerBound(rows.minutes, parts.upperBound)])
  }

  private static func row(_ bucket: Int32, _ rows: [BucketRow]) -> BucketRow? {
    let index = lowerBound(rows, bucket)
    return index < rows.count && rows[index].bucket == bucket ? rows[index] : nil
  }

  /// The index of the first row at or after a bucket.
  private static func lowerBound(_ rows: [BucketRow], _ bucket: Int32) -> Int {
    var low = 0
    var high = rows.count
    while low < high {
      let middle = (low + high) / 2
      if rows[middle].bucket < bucket { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

extension TimelineMerge {
  /// Gathers stored buckets, which come by rising time, into those of the plan.
  private struct Builder {
    let plan: TimelinePlan
    private var buckets = TimelineBuckets()
    private var current: Int64?
    private var stored: Int64 = 0
    private var aggregate = Aggregate.empty

    private let minutes: Range<Int32>
    /// Each minute is a bucket.
    private let isByMinute: Bool

    init(plan: TimelinePlan) {
      self.plan = plan
      minutes = plan.minutes
      isByMinute = plan.minutesPerBucket == 1 && plan.level == .minute
    }

    mutating func add(_ rows: [BucketRow], at level: BucketLevel) {
      for row in rows { add(row, at: level) }
    }

    mutating func add(_ row: BucketRow, at level: BucketLevel) {
      guard plan.range(level).contains(row.bucket) else { return }
      add(plan.bucket(holding: row.bucket, at: level), row.stored, row.aggregate)
    }

    /// The samples of one hour, in canonical order: the first `count` of `scratch`.
    mutating func addSamples(_ count: Int, _ scratch: SampleScratch) {
      let (times, values) = (scratch.times, scratch.values)
      var found = 0
      var start = 0
      var length = 0
      while start < count {
        let minute = BucketLevel.minute.bucket(of: times[start])
        let end = Self.end(of: BucketLevel.minute.last(of: minute), times, start, count, guess: length)
        length = end &- start
        if minutes.contains(minute) {
          let aggregate = MinuteFold.aggregate(times, values, start, end)
          if isByMinute {
            scratch.starts[found] = BucketLevel.minute.start(of: minute)
            scratch.stored[found] = Int64(length)
            scratch.aggregates[found] = aggregate
            found += 1
          } else {
            add(plan.bucket(holding: minute, at: .minute), Int64(length), aggregate)
          }
        }
        start = end
        // Of damaged rows only: an hour has no more minutes.
        if found == SampleScratch.minutes { flush(&found, scratch) }
      }
      if isByMinute { flush(&found, scratch) }
    }

    /// Where the samples end whose times do not exceed `last`. Most minutes have as many as the one before.
    @inline(__always)
    private static func end(
      of last: Int64, _ times: UnsafePointer<Int64>, _ start: Int, _ count: Int, guess: Int
    ) -> Int {
      var end = start &+ guess
      if guess > 0, end <= count, times[end &- 1] <= last {
        while end < count, times[end] <= last { end &+= 1 }
        return end
      }
      end = start &+ 1
      while end < count, times[end] <= last { end &+= 1 }
      return end
    }

    /// Takes over minutes that are buckets by themselves.
    private mutating func flush(_ found: inout Int, _ scratch: SampleScratch) {
      close()
      current = nil
      buckets.starts.append(contentsOf: UnsafeBufferPointer(start: scratch.starts, count: found))
      buckets.stored.append(contentsOf: UnsafeBufferPointer(start: scratch.stored, count: found))
      buckets.aggregates.append(contentsOf: UnsafeBufferPointer(start: scratch.aggregates, count: found))
      found = 0
    }

    mutating func reserve(_ count: Int) {
      buckets.starts.reserveCapacity(count)
      buckets.stored.reserveCapacity(count)
      buckets.aggregates.reserveCapacity(count)
    }

    @inline(__always)
    private mutating func add(_ bucket: Int64, _ stored: Int64, _ aggregate: Aggregate) {
      if bucket != current {
        close()
        current = bucket
      }
      self.stored += stored
      self.aggregate.append(aggregate)
    }

    private mutating func close() {
      guard let current, stored > 0 else { return }
      buckets.starts.append(plan.start(of: current))
      buckets.stored.append(stored)
      buckets.aggregates.append(aggregate)
      stored = 0
      aggregate = .empty
    }

    mutating func finish() -> TimelineBuckets {
      close()
      return buckets
    }
  }
}

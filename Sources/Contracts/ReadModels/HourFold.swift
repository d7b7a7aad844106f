/// From the tail's changes to hours and their minutes. The projector's fold and the query's merge both come here.
package enum HourFold {
  /// What an hour is after changes.
  package struct Result: Sendable {
    /// The hour's row, with samples unless it is split; nil when it has no samples left.
    package let hour: BucketRow?
    /// The hour's minutes rows that were written anew, rising, with samples. None when the hour is not split.
    package let minutesWritten: [BucketRow]
    /// Minutes whose rows are to be deleted, rising.
    package let minutesRemoved: [Int32]
  }

  /// What a fold needs that it was not given.
  package enum Outcome: Sendable {
    case folded(Result)
    /// The hour falls back under `BucketRow.splitLimit`: its samples come together again, so `minutes` must have the
    /// samples of every minute of the hour, not of the touched ones only.
    case needsAllMinutes
  }

  /// Folds changes into an hour.
  ///
  /// - row: the hour's row now, with samples unless it is split; nil when there is none.
  /// - minutes: of a split hour all its minutes' rows, rising, with samples at least in those that `changes` touch.
  /// - range: the entries of `changes` that lie in the hour; others must not be in it.
  package static func fold(
    hour: Int32, row: BucketRow?, minutes: [BucketRow], changes: SeriesChanges, in range: Range<Int>
  ) throws(ReadModelError) -> Outcome {
    if let row, row.isSplit {
      return try foldSplit(hour: hour, minutes: minutes, changes: changes, in: range)
    }
    let samples = changes.applied(range, to: try samples(of: row))
    return .folded(try whole(hour: hour, samples: samples, minutesBefore: []))
  }

  /// The minutes of an hour after changes, rising, without samples: what a query needs. Parameters as of `fold`.
  package static func minutes(
    row: BucketRow?, minutes: [BucketRow], changes: SeriesChanges, in range: Range<Int>
  ) throws(ReadModelError) -> [BucketRow] {
    guard let row, row.isSplit else {
      let samples = try samples(of: row)
      return MinuteFold.rows(of: range.isEmpty ? samples : changes.applied(range, to: samples))
    }
    if range.isEmpty { return minutes }
    return try touch(minutes, changes: changes, in: range).rows
  }

  /// The samples of an hour after changes. Parameters as of `fold`, but all minutes must have samples.
  package static func samples(
    row: BucketRow?, minutes: [BucketRow], changes: SeriesChanges, in range: Range<Int>
  ) throws(ReadModelError) -> SeriesSamples {
    let existing =
      if let row, row.isSplit { try samples(ofMinutes: minutes) } else { try samples(of: row) }
    return range.isEmpty ? existing : changes.applied(range, to: existing)
  }

  // MARK: -

  private static func samples(of row: BucketRow?) throws(ReadModelError) -> SeriesSamples {
    guard let row else { return SeriesSamples() }
    guard let bytes = row.samples else { throw .missing("the samples of hour \(row.bucket)") }
    return try PackedSamples.decode(bytes)
  }

  private static func samples(ofMinutes minutes: [BucketRow]) throws(ReadModelError) -> SeriesSamples {
    var samples = SeriesSamples()
    for minute in minutes {
      guard let bytes = minute.samples else { throw .missing("the samples of minute \(minute.bucket)") }
      try PackedSamples.append(bytes, to: &samples)
    }
    return samples
  }

  /// The rows of an hour of which all samples are known.
  private static func whole(
    hour: Int32, samples: SeriesSamples, minutesBefore: [BucketRow]
  ) throws(ReadModelError) -> Result {
    var minutes = MinuteFold.rows(of: samples)
    guard var row = BucketFold.row(bucket: hour, of: minutes) else {
      return Result(hour: nil, minutesWritten: [], minutesRemoved: minutesBefore.map(\.bucket))
    }
    guard row.isSplit else {
      row.samples = PackedSamples.encode(samples)
      return Result(hour: row, minutesWritten: [], minutesRemoved: minutesBefore.map(\.bucket))
    }
    var start = 0
    for index in minutes.indices {
      let end = start + Int(minutes[index].stored)
      minutes[index].samples = try packed(samples, in: start..<end, minute: minutes[index].bucket)
      start = end
    }
    let kept = Set(minutes.map(\.bucket))
    return Result(
      hour: row, minutesWritten: minutes,
      minutesRemoved: minutesBefore.map(\.bucket).filter { !kept.contains($0) })
  }

  private static func packed(
    _ samples: SeriesSamples, in range: Range<Int>, minute: Int32
  ) throws(ReadModelError) -> [UInt8] {
    guard range.count <= PackedSamples.countLimit else {
      throw .tooDense(minute: minute, samples: range.count)
    }
    return PackedSamples.encode(samples, in: range)
  }

  private static func foldSplit(
    hour: Int32, minutes: [BucketRow], changes: SeriesChanges, in range: Range<Int>
  ) throws(ReadModelError) -> Outcome {
    let touched = try touch(minutes, changes: changes, in: range)
    guard let row = BucketFold.row(bucket: hour, of: touched.rows), row.isSplit else {
      guard minutes.allSatisfy({ $0.samples != nil }) else { return .needsAllMinutes }
      let samples = changes.applied(range, to: try samples(ofMinutes: minutes))
      return .folded(try whole(hour: hour, samples: samples, minutesBefore: minutes))
    }
    return .folded(
      Result(
        hour: row, minutesWritten: touched.rows.filter { $0.samples != nil }, minutesRemoved: touched.removed))
  }

  /// The minutes of a split hour after changes, rising: those that the changes touch with samples, the others without.
  private static func touch(
    _ minutes: [BucketRow], changes: SeriesChanges, in range: Range<Int>
  ) throws(ReadModelError) -> (rows: [BucketRow], removed: [Int32]) {
    var rows: [BucketRow] = []
    var removed: [Int32] = []
    var old = 0
    var new = range.lowerBound
    func keepMinutes(before minute: Int32?) {
      while old < minutes.count, minute.map({ minutes[old].bucket < $0 }) ?? true {
        var row = minutes[old]
        row.samples = nil
        rows.append(row)
        old += 1
      }
    }
    while new < range.upperBound {
      let time = changes.samples.times[new]
      let minute = BucketLevel.minute.bucket(of: time)
      let entries = changes.indices(from: time, through: BucketLevel.minute.last(of: minute)).clamped(to: range)
      keepMinutes(before: minute)
      var existing = SeriesSamples()
      let existed = old < minutes.count && minutes[old].bucket == minute
      if existed {
        guard let bytes = minutes[old].samples else { throw .missing("the samples of minute \(minute)") }
        try PackedSamples.append(bytes, to: &existing)
        old += 1
      }
      let samples = changes.applied(entries, to: existing)
      if samples.isEmpty {
        if existed { removed.append(minute) }
      } else {
        rows.append(
          BucketRow(
            bucket: minute, stored: Int64(samples.count),
            aggregate: MinuteFold.aggregate(samples, in: 0..<samples.count),
            samples: try packed(samples, in: 0..<samples.count, minute: minute)))
      }
      new = entries.upperBound
    }
    keepMinutes(before: nil)
    return (rows, removed)
  }
}

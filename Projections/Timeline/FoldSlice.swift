import Events
import ProjectionKit
import ReadModels

/// One slice of a fold: some pages' changes on their way into hours, minutes, days and spans, in one transaction that has
/// fenced their shards.
///
/// What is read is what the changes touch: the touched hours, of split ones the minutes, all hours of the touched days.
struct FoldSlice {
  private let statements: TimelineStatements
  private let shards: Int

  /// A series that the slice changes, and where its hours are in `hours`.
  private struct Series {
    let id: Int64
    let changes: SeriesChanges
    let hours: Range<Int>
  }

  /// An hour of a series that the slice changes.
  private struct Hour {
    let series: Int
    let hour: Int32
    /// The entries of the series' changes that lie in it.
    let entries: Range<Int>
    var row: BucketRow?
    /// Of a split hour.
    var minutes: [BucketRow] = []
  }

  private var series: [Series] = []
  private var hours: [Hour] = []

  init(statements: TimelineStatements, shards: Int) {
    self.statements = statements
    self.shards = shards
  }

  /// Takes the rows of a page; each page once.
  mutating func add(_ portion: HeldTail.Portion) throws {
    var page = PageChanges()
    page.reserve(portion.rows.reduce(0) { $0 + $1.samples })
    for row in portion.rows { try TailRow.decode(row.changes, into: &page) }
    page.forEachSeries { slot, changes in
      let id = portion.page.series(at: slot, shards: shards).rawValue
      let first = hours.count
      var index = 0
      while index < changes.count {
        let time = changes.samples.times[index]
        let hour = BucketLevel.hour.bucket(of: time)
        let entries = changes.indices(from: time, through: BucketLevel.hour.last(of: hour))
        hours.append(Hour(series: series.count, hour: hour, entries: entries))
        index = entries.upperBound
      }
      series.append(Series(id: id, changes: changes, hours: first..<hours.count))
    }
  }

  mutating func run(_ transaction: any ReadTransaction) throws {
    guard !series.isEmpty else { return }
    try readHours(transaction)
    try readMinutes(transaction)
    let changes = try writeHours(transaction)
    let days = try foldDays(transaction, changes)
    try SpanFold(statements: statements).run(series: series.map(\.id), days: days, transaction)
  }

  // MARK: - Reading

  private mutating func readHours(_ transaction: any ReadTransaction) throws {
    let rows = try transaction.query(
      statements.hours.select,
      [.array(.int64(hours.map { series[$0.series].id })), .array(.int32(hours.map(\.hour)))])
    for index in 0..<rows.count {
      let place = try BucketReader.place(rows, index, count: hours.count)
      hours[place].row = try BucketReader.row(rows, index, from: 1, samples: true)
    }
  }

  /// Of split hours: all minutes, with samples where the changes touch them.
  private mutating func readMinutes(_ transaction: any ReadTransaction) throws {
    let split = hours.indices.filter { hours[$0].row?.isSplit ?? false }
    guard !split.isEmpty else { return }
    let rows = try transaction.query(
      statements.minutesOfHours,
      [.array(.int64(split.map { series[hours[$0].series].id })), .array(.int32(split.map { hours[$0].hour }))])
    for index in 0..<rows.count {
      let place = split[try BucketReader.place(rows, index, count: split.count)]
      hours[place].minutes.append(try BucketReader.row(rows, index, from: 1, samples: false))
    }
    for place in split { BucketReader.sort(&hours[place].minutes) }
    try readTouchedSamples(transaction, of: split)
  }

  private mutating func readTouchedSamples(_ transaction: any ReadTransaction, of split: [Int]) throws {
    var touched: [(hour: Int, minute: Int)] = []
    for place in split {
      let hour = hours[place]
      let changes = series[hour.series].changes
      for index in hour.minutes.indices {
        let minute = hour.minutes[index].bucket
        let entries = changes.indices(
          from: BucketLevel.minute.start(of: minute), through: BucketLevel.minute.last(of: minute))
        if !entries.isEmpty { touched.append((place, index)) }
      }
    }
    guard !touched.isEmpty else { return }
    let rows = try transaction.query(
      statements.samplesOfMinutes,
      [
        .array(.int64(touched.map { series[hours[$0.hour].series].id })),
        .array(.int32(touched.map { hours[$0.hour].minutes[$0.minute].bucket })),
      ])
    for index in 0..<rows.count {
      let (hour, minute) = touched[try BucketReader.place(rows, index, count: touched.count)]
      hours[hour].minutes[minute].samples = try rows.byteArray(index, 1)
    }
  }

  /// For an hour that is not split any more.
  private mutating func readAllSamples(_ transaction: any ReadTransaction, of place: Int) throws {
    let rows = try transaction.query(
      statements.samplesOfHour, [.int64(series[hours[place].series].id), .int32(hours[place].hour)])
    guard rows.count == hours[place].minutes.count else {
      throw ProjectionError.damaged(
        table: statements.minutes.table,
        reason: "expected \(hours[place].minutes.count) minutes of an hour, actual \(rows.count)")
    }
    for index in 0..<rows.count { hours[place].minutes[index].samples = try rows.byteArray(index, 1) }
  }

  // MARK: - Writing

  /// Returns per element of `hours` what became of its row.
  private mutating func writeHours(_ transaction: any ReadTransaction) throws -> [RowChanges.Effect] {
    var hourChanges = RowChanges()
    var minuteChanges = RowChanges()
    var effects: [RowChanges.Effect] = []
    effects.reserveCapacity(hours.count)
    for place in hours.indices {
      let id = series[hours[place].series].id
      let result = try folded(place, transaction)
      effects.append(
        hourChanges.add(series: id, bucket: hours[place].hour, before: hours[place].row, after: result.hour))
      let before = hours[place].minutes
      for row in result.minutesWritten {
        minuteChanges.add(
          series: id, bucket: row.bucket, before: before.first { $0.bucket == row.bucket }, after: row)
      }
      for minute in result.minutesRemoved { minuteChanges.remove(series: id, bucket: minute) }
    }
    try hourChanges.write(statements.hours, transaction)
    try minuteChanges.write(statements.minutes, transaction)
    return effects
  }

  private mutating func folded(_ place: Int, _ transaction: any ReadTransaction) throws -> HourFold.Result {
    for _ in 0..<2 {
      let hour = hours[place]
      let outcome = try HourFold.fold(
        hour: hour.hour, row: hour.row, minutes: hour.minutes, changes: series[hour.series].changes,
        in: hour.entries)
      if case .folded(let result) = outcome { return result }
      try readAllSamples(transaction, of: place)
    }
    preconditionFailure("BUG: an hour with all its samples cannot be folded")
  }

  /// Recomputes the days that have a changed hour from all their hours, which are in the table by now.
  private func foldDays(
    _ transaction: any ReadTransaction, _ effects: [RowChanges.Effect]
  ) throws -> [[SpanFold.Day]] {
    let touched = touchedDays(effects)
    let parts = try readHoursOfDays(transaction, touched.map { (series[$0.series].id, $0.day) })
    var days = [[SpanFold.Day]](repeating: [], count: series.count)
    var changes = RowChanges()
    for (touched, hours) in zip(touched, parts) {
      let after = BucketFold.row(bucket: touched.day, of: hours)
      // A day has a row as long as it has hours; before the slice it had those that are not new, and those removed.
      let existed = hours.count - touched.inserted + touched.removed > 0
      changes.add(series: series[touched.series].id, bucket: touched.day, existed: existed, after: after)
      days[touched.series].append(SpanFold.Day(day: touched.day, aggregate: after?.aggregate ?? .empty))
    }
    try changes.write(statements.days, transaction)
    return days
  }

  /// A day of a series with hours that changed, and how many rows of hours it won and lost.
  private struct TouchedDay {
    let series: Int
    let day: Int32
    var inserted = 0
    var removed = 0
  }

  private func touchedDays(_ effects: [RowChanges.Effect]) -> [TouchedDay] {
    var touched: [TouchedDay] = []
    for place in hours.indices where effects[place] != .none {
      let day = BucketLevel.day.holder(of: hours[place].hour, at: .hour)
      if touched.last.map({ $0.series != hours[place].series || $0.day != day }) ?? true {
        touched.append(TouchedDay(series: hours[place].series, day: day))
      }
      if effects[place] == .inserted { touched[touched.count - 1].inserted += 1 }
      if effects[place] == .removed { touched[touched.count - 1].removed += 1 }
    }
    return touched
  }

  private func readHoursOfDays(
    _ transaction: any ReadTransaction, _ days: [(series: Int64, day: Int32)]
  ) throws -> [[BucketRow]] {
    var parts = [[BucketRow]](repeating: [], count: days.count)
    if days.isEmpty { return parts }
    let rows = try transaction.query(
      statements.hoursOfDays, [.array(.int64(days.map(\.series))), .array(.int32(days.map(\.day)))])
    for index in 0..<rows.count {
      let place = try BucketReader.place(rows, index, count: days.count)
      parts[place].append(try BucketReader.row(rows, index, from: 1, samples: false))
    }
    for place in parts.indices { BucketReader.sort(&parts[place]) }
    return parts
  }
}

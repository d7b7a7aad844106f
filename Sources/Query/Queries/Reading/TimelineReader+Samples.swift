import Events
import Postgres
import ReadModels

extension TimelineReader {
  /// Hours of more samples in all are not unpacked at once.
  private static let samplesPerStretch: Int64 = 65_536

  /// Calls `body` for each series that has samples in `first ... last` (nanoseconds), in canonical order and in stretches
  /// of hours: one series may come several times, by rising time, before the next one comes. Ends early when `body` says
  /// false: that it wants no more.
  func forEachSamples(
    of series: [SeriesID], from first: Int64, through last: Int64, _ pace: SamplesPace,
    _ body: (SeriesID, SeriesSamples) throws(ReadFailure) -> Bool
  ) throws(ReadFailure) {
    let tail = try TailRows(snapshot, series: series)
    let span = Self.hours(first, last)
    if span.count <= pace.hoursAtOnce {
      let reader = RowReader(snapshot: snapshot, tails: tail)
      let size = min(pace.seriesAtOnce, snapshot.limits.rowsPerFetch / span.count)
      for batch in Self.batches(series.indices, of: size) {
        let ids = Array(series[batch])
        let changes = try tail.changes(of: ids)
        let found = try reader.rows(.sampledHours, ids.map { ($0, span) })
        for (place, id) in ids.enumerated() {
          let rows = TimelineRows(
            hours: found[place].rows.filter { span.contains($0.bucket) }, changes: changes[id] ?? SeriesChanges())
          guard try stretches(of: id, span, rows, first, last, tail, body) else { return }
        }
      }
    } else {
      for id in series {
        let changes = try tail.changes(of: [id])[id]
        guard try longSamples(of: id, span, changes, first, last, pace, tail, body) else { return }
      }
    }
  }

  /// One series over a long time: its rows a page at a time, from the last hour read on. False when `body` wants no more.
  private func longSamples(
    of id: SeriesID, _ span: Range<Int32>, _ changes: SeriesChanges?, _ first: Int64, _ last: Int64,
    _ pace: SamplesPace, _ tail: TailRows, _ body: (SeriesID, SeriesSamples) throws(ReadFailure) -> Bool
  ) throws(ReadFailure) -> Bool {
    var rest = span
    var limit = pace.firstRows
    while !rest.isEmpty {
      let rows = try hoursPage(id, rest, limit)
      let isLast = rows.count < limit
      let end = isLast ? rest.upperBound : (rows.last?.bucket ?? rest.upperBound - 1) + 1
      let part = TimelineRows(hours: rows, changes: changes ?? SeriesChanges())
      guard try stretches(of: id, rest.lowerBound..<end, part, first, last, tail, body) else { return false }
      rest = end..<rest.upperBound
      limit = min(limit * 4, pace.rowsLimit)
    }
    return true
  }

  private func hoursPage(_ id: SeriesID, _ span: Range<Int32>, _ limit: Int) throws(ReadFailure) -> [BucketRow] {
    var parameters = PostgresParameters()
    parameters.int64(id.rawValue)
    parameters.int32(span.lowerBound)
    parameters.int32(span.upperBound)
    parameters.int64(Int64(limit))
    let schema = snapshot.progress.timeline.schema
    let result = try snapshot.query(BucketTable.hoursPage(schema: schema), parameters)
    return try ReadFailure.ofStore { () throws(PostgresError) in
      try BucketTable(.sampledHours, schema: schema).read(result, count: 1)[0]
    }
  }

  /// The samples of the hours `span`, of which `rows` has all rows, a bounded number at once.
  private func stretches(
    of id: SeriesID, _ span: Range<Int32>, _ rows: TimelineRows, _ first: Int64, _ last: Int64, _ tail: TailRows,
    _ body: (SeriesID, SeriesSamples) throws(ReadFailure) -> Bool
  ) throws(ReadFailure) -> Bool {
    var start = span.lowerBound
    var stored: Int64 = 0
    for row in rows.hours {
      stored += row.stored
      guard stored >= Self.samplesPerStretch else { continue }
      guard try stretch(of: id, start..<(row.bucket + 1), rows, first, last, tail, body) else { return false }
      start = row.bucket + 1
      stored = 0
    }
    return try stretch(of: id, start..<span.upperBound, rows, first, last, tail, body)
  }

  private func stretch(
    of id: SeriesID, _ span: Range<Int32>, _ rows: TimelineRows, _ first: Int64, _ last: Int64, _ tail: TailRows,
    _ body: (SeriesID, SeriesSamples) throws(ReadFailure) -> Bool
  ) throws(ReadFailure) -> Bool {
    guard !span.isEmpty else { return true }
    let from = max(first, BucketLevel.hour.start(of: span.lowerBound))
    let through = min(last, BucketLevel.hour.last(of: span.upperBound - 1))
    var rows = rows
    rows.minutes = try minutes(
      of: id, rows.hours.filter { span.contains($0.bucket) && $0.isSplit }, from, through,
      RowReader(snapshot: snapshot, tails: tail))
    let samples = try ReadFailure.ofContent { () throws(ReadModelError) in
      try TimelineMerge.samples(from: from, through: through, rows)
    }
    return samples.isEmpty ? true : try body(id, samples)
  }

  /// The minutes of split hours in `from ... through`, with samples. Those beside it are not needed: what the merge would
  /// make of them is cut off.
  private func minutes(
    of id: SeriesID, _ split: [BucketRow], _ from: Int64, _ through: Int64, _ reader: RowReader
  ) throws(ReadFailure) -> [BucketRow] {
    let span = BucketLevel.minute.bucket(of: from)..<(BucketLevel.minute.bucket(of: through) + 1)
    let wanted = split.map { hour in
      (series: id, buckets: BucketLevel.hour.parts(of: hour.bucket, at: .minute).clamped(to: span))
    }
    return try reader.rows(.sampledMinutes, wanted.filter { !$0.buckets.isEmpty }).flatMap(\.rows)
  }

  private static func hours(_ first: Int64, _ last: Int64) -> Range<Int32> {
    BucketLevel.hour.bucket(of: first)..<(BucketLevel.hour.bucket(of: last) + 1)
  }
}

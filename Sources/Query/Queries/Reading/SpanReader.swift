import Events
import Postgres
import ReadModels

/// First and last times of series: of the folded part from `spans`, widened by the tail.
struct SpanReader {
  let snapshot: ReadSnapshot

  /// Series without a sample that is a number are not in the result.
  func spans(of series: [SeriesID]) throws(ReadFailure) -> [SeriesID: TimelineSpan] {
    if series.isEmpty { return [:] }
    let schema = snapshot.progress.timeline.schema
    var parameters = PostgresParameters()
    parameters.int64Array(series.map(\.rawValue))
    let rows = try snapshot.query(
      PostgresStatement(
        "spans \(schema)",
        """
        SELECT series, first_at, last_at FROM \(schema).\(TimelineTables.spans)
        WHERE series = ANY ($1) AND first_at IS NOT NULL AND last_at IS NOT NULL
        """), parameters)
    var spans = try ReadFailure.ofStore { () throws(PostgresError) in try Self.read(rows) }
    try addTail(of: series, to: &spans)
    return spans
  }

  /// The span of all of these series together.
  func span(of series: [SeriesID]) throws(ReadFailure) -> TimelineSpan? {
    try spans(of: series).values.reduce(nil) { TimelineSpan.joined($0, $1) }
  }

  private func addTail(of series: [SeriesID], to spans: inout [SeriesID: TimelineSpan]) throws(ReadFailure) {
    let tail = try TailRows(snapshot, series: series)
    if tail.isEmpty { return }
    var unsure: [SeriesID] = []
    for start in stride(from: 0, to: series.count, by: SeriesPage.seriesCount) {
      let batch = series[start..<min(start + SeriesPage.seriesCount, series.count)]
      for (id, changes) in try tail.changes(of: batch) {
        let (span, isExact) = TimelineSpan.merged(spans[id], changes)
        spans[id] = span
        if !isExact { unsure.append(id) }
      }
    }
    try computeAfresh(unsure.sorted(), &spans)
  }

  /// The spans of series of which the tail may have taken away the first or last sample: from the aggregates of all days.
  private func computeAfresh(_ series: [SeriesID], _ spans: inout [SeriesID: TimelineSpan]) throws(ReadFailure) {
    // No sample lies outside of the spans as they were.
    let known = series.reduce(nil) { TimelineSpan.joined($0, spans[$1]) }
    for id in series { spans[id] = nil }
    guard let known,
      let plan = TimelinePlan(
        from: known.firstAt, to: known.lastAt == .max ? .max : known.lastAt + 1, stepMinutes: QueryStep.day.minutes)
    else { return }
    try TimelineReader(snapshot).forEachTimeline(of: series, plan) { (index, buckets) throws(ReadFailure) in
      let days = buckets.aggregates.filter { !$0.isEmpty }
      guard let first = days.first, let last = days.last else { return }
      spans[series[index]] = TimelineSpan(firstAt: first.firstAt, lastAt: last.lastAt)
    }
  }

  private static func read(_ rows: PostgresResult) throws(PostgresError) -> [SeriesID: TimelineSpan] {
    var spans: [SeriesID: TimelineSpan] = [:]
    for row in 0..<rows.rowCount {
      spans[SeriesID(rawValue: try rows.int64(row, 0))] = TimelineSpan(
        firstAt: try rows.int64(row, 1), lastAt: try rows.int64(row, 2))
    }
    return spans
  }
}

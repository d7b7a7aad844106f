import Events
import Postgres
import ReadModels

/// Reads all metrics, and what the tail adds to their first and last times.
struct MetricsReader {
  let snapshot: ReadSnapshot

  /// Pages whose tail is read at once.
  private static let pagesPerFetch = 16

  private var timeline: String { snapshot.progress.timeline.schema }
  private var catalogue: String { snapshot.progress.catalogue.schema }

  /// With the spans of the folded part.
  func metrics() throws(ReadFailure) -> [MetricsAnswer.Metric] {
    _ = try snapshot.query(ReadSnapshot.anyPlan)
    let rows = try snapshot.query(
      PostgresStatement(
        "metrics \(catalogue) \(timeline)",
        """
        SELECT m.name, m.unit, m.description, m.kind, m.series, p.first_at, p.last_at
        FROM \(catalogue).\(CatalogueTables.metrics) m LEFT JOIN (
          SELECT s.name, min(t.first_at) AS first_at, max(t.last_at) AS last_at
          FROM \(catalogue).\(CatalogueTables.series) s JOIN \(timeline).\(TimelineTables.spans) t ON t.series = s.id
          GROUP BY s.name) p ON p.name = m.name
        """))
    return try Self.metrics(rows)
  }

  /// The first metrics behind a name, in the order of the names' bytes. With the spans of the folded part.
  func metrics(behind name: String, limit: Int) throws(ReadFailure) -> [MetricsAnswer.Metric] {
    var parameters = PostgresParameters()
    parameters.text(name)
    parameters.int64(Int64(limit))
    let rows = try snapshot.query(
      PostgresStatement(
        "metrics page \(catalogue) \(timeline)",
        """
        SELECT m.name, m.unit, m.description, m.kind, m.series, p.first_at, p.last_at
        FROM (
          SELECT * FROM \(catalogue).\(CatalogueTables.metrics) WHERE name COLLATE "C" > $1
          ORDER BY name COLLATE "C" LIMIT $2) m
        LEFT JOIN LATERAL (
          SELECT min(t.first_at) AS first_at, max(t.last_at) AS last_at
          FROM \(catalogue).\(CatalogueTables.series) s JOIN \(timeline).\(TimelineTables.spans) t ON t.series = s.id
          WHERE s.name = m.name) p ON true
        ORDER BY m.name COLLATE "C"
        """), parameters)
    return try Self.metrics(rows)
  }

  private static func metrics(_ rows: PostgresResult) throws(ReadFailure) -> [MetricsAnswer.Metric] {
    try ReadFailure.ofStore { () throws(PostgresError) in
      var metrics: [MetricsAnswer.Metric] = []
      for row in 0..<rows.rowCount { metrics.append(try metric(rows, row)) }
      return metrics
    }
  }

  /// Per metric's name, in UTF-8, the span of what is not folded yet. Where the tail puts a NaN in the place of a metric's
  /// first or last sample, the answer stays wider than that until the fold.
  func tailSpans() throws(ReadFailure) -> [[UInt8]: TimelineSpan] {
    var spans: [[UInt8]: TimelineSpan] = [:]
    let pages = try TailRows.unfoldedPages(snapshot)
    for start in stride(from: 0, to: pages.count, by: Self.pagesPerFetch) {
      let tail = try TailRows(snapshot, pages: Array(pages[start..<min(start + Self.pagesPerFetch, pages.count)]))
      var found: [(id: SeriesID, span: TimelineSpan)] = []
      try tail.forEachSpan { (id, span) throws(ReadFailure) in found.append((id, span)) }
      try snapshot.checkTime()
      try add(found, to: &spans)
    }
    return spans
  }

  private func add(
    _ found: [(id: SeriesID, span: TimelineSpan)], to spans: inout [[UInt8]: TimelineSpan]
  ) throws(ReadFailure) {
    var parameters = PostgresParameters()
    parameters.int64Array(found.map(\.id.rawValue))
    parameters.int64Array(found.map(\.span.firstAt))
    parameters.int64Array(found.map(\.span.lastAt))
    let rows = try snapshot.query(
      PostgresStatement(
        "metrics of series \(catalogue)",
        """
        SELECT s.name, min(k.first_at), max(k.last_at)
        FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS k (id, first_at, last_at)
        JOIN \(catalogue).\(CatalogueTables.series) s ON s.id = k.id GROUP BY s.name
        """), parameters)
    try ReadFailure.ofStore { () throws(PostgresError) in
      for row in 0..<rows.rowCount {
        let name = Array(try rows.text(row, 0).utf8)
        let span = TimelineSpan(firstAt: try rows.int64(row, 1), lastAt: try rows.int64(row, 2))
        spans[name] = TimelineSpan.joined(spans[name], span)
      }
    }
  }

  private static func metric(_ rows: PostgresResult, _ row: Int) throws(PostgresError) -> MetricsAnswer.Metric {
    var span: TimelineSpan?
    if !rows.isNull(row, 5), !rows.isNull(row, 6) {
      span = TimelineSpan(firstAt: try rows.int64(row, 5), lastAt: try rows.int64(row, 6))
    }
    return MetricsAnswer.Metric(
      name: try rows.text(row, 0), unit: try text(rows, row, 1), description: try text(rows, row, 2),
      kind: try text(rows, row, 3), series: try rows.int64(row, 4), span: span)
  }

  private static func text(_ rows: PostgresResult, _ row: Int, _ column: Int) throws(PostgresError) -> String? {
    rows.isNull(row, column) ? nil : try rows.text(row, column)
  }
}

import Events
import Postgres
import ReadModels
import Runtime

/// Reads which series a metric has. `CatalogueTables` says what the tables hold.
struct CatalogueReader {
  let snapshot: ReadSnapshot

  /// The series that a selector asks for, by rising id.
  /// - Throws: `too_many_series` when there are more than one query may read.
  func series(_ selector: SeriesSelector) throws(ReadFailure) -> [CataloguedSeries] {
    let limit = snapshot.limits.seriesLimit
    let rows = try snapshot.query(statement, Self.parameters(selector, limit: limit + 1))
    let series = try ReadFailure.ofStore { () throws(PostgresError) in try Self.read(rows) }
    guard series.count <= limit else { throw .query(Self.tooMany(limit)) }
    return series
  }

  /// Label by label, and one row without a label for a series that has none.
  private var statement: PostgresStatement {
    let schema = snapshot.progress.catalogue.schema
    return PostgresStatement(
      "series \(schema)",
      """
      SELECT s.id, l.key, l.value
      FROM (
        SELECT id, labels FROM \(schema).\(CatalogueTables.series)
        WHERE name = $1 AND labels @> $2::text::jsonb AND NOT labels ?| $3::text[] LIMIT $4) s
      LEFT JOIN LATERAL jsonb_each_text(s.labels) l ON true
      ORDER BY s.id
      """)
  }

  private static func parameters(_ selector: SeriesSelector, limit: Int) -> PostgresParameters {
    var wanted = "{"
    for label in selector.labels where !label.value.isEmpty {
      if wanted.utf8.count > 1 { wanted += "," }
      wanted += JSONText.quoted(label.key) + ":" + JSONText.quoted(label.value)
    }
    var parameters = PostgresParameters()
    parameters.text(selector.name)
    parameters.text(wanted + "}")
    parameters.textArray(selector.labels.filter { $0.value.isEmpty }.map(\.key))
    parameters.int64(Int64(limit))
    return parameters
  }

  private static func read(_ rows: PostgresResult) throws(PostgresError) -> [CataloguedSeries] {
    var series: [CataloguedSeries] = []
    var row = 0
    while row < rows.rowCount {
      let id = try rows.int64(row, 0)
      var labels: [SeriesLabel] = []
      while row < rows.rowCount, try rows.int64(row, 0) == id {
        if !rows.isNull(row, 1) {
          labels.append(SeriesLabel(key: try rows.text(row, 1), value: try rows.text(row, 2)))
        }
        row += 1
      }
      series.append(CataloguedSeries(id: SeriesID(rawValue: id), labels: SeriesLabels(labels)))
    }
    return series
  }

  private static func tooMany(_ limit: Int) -> QueryError {
    .limit(
      .tooManySeries,
      "more than \(limit) series match, which is the limit of one query: narrow them down with label.NAME=VALUE")
  }
}

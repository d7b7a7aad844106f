import Events
import Postgres
import ReadModels
import Runtime

/// Reads which series a metric has. `CatalogueTables` says what the tables hold.
struct CatalogueReader {
  let snapshot: ReadSnapshot

  /// The series that a selector asks for, by rising id.
  /// - Throws: `too-many-series` when there are more than one query may read.
  func series(_ selector: SeriesSelector) throws(ReadFailure) -> [CataloguedSeries] {
    let ids = try ids(selector)
    let labels = try labels(of: ids)
    return ids.map { CataloguedSeries(id: $0, labels: labels[$0] ?? .none) }
  }

  private func ids(_ selector: SeriesSelector) throws(ReadFailure) -> [SeriesID] {
    let limit = snapshot.limits.seriesLimit
    let statement = PostgresStatement(
      "series \(schema)",
      """
      SELECT id FROM \(schema).\(CatalogueTables.series)
      WHERE name = $1 AND labels @> $2::text::jsonb AND NOT labels ?| $3::text[] ORDER BY id LIMIT $4
      """)
    let rows = try snapshot.query(statement, Self.parameters(selector, limit: limit + 1))
    guard rows.rowCount <= limit else { throw .query(Self.tooMany(limit)) }
    return try ReadFailure.ofStore { () throws(PostgresError) in
      var ids: [SeriesID] = []
      for row in 0..<rows.rowCount { ids.append(SeriesID(rawValue: try rows.int64(row, 0))) }
      return ids
    }
  }

  private func labels(of series: [SeriesID]) throws(ReadFailure) -> [SeriesID: SeriesLabels] {
    var (labels, unknown) = snapshot.labelCache.look(up: series, of: snapshot.store)
    if unknown.isEmpty { return labels }
    // Label by label, and one row without a label for a series that has none.
    let statement = PostgresStatement(
      "labels \(schema)",
      """
      SELECT s.id, l.key, l.value FROM \(schema).\(CatalogueTables.series) s
      LEFT JOIN LATERAL jsonb_each_text(s.labels) l ON true WHERE s.id = ANY ($1) ORDER BY s.id
      """)
    var parameters = PostgresParameters()
    parameters.int64Array(unknown.map(\.rawValue))
    let rows = try snapshot.query(statement, parameters)
    let read = try ReadFailure.ofStore { () throws(PostgresError) in try Self.read(rows) }
    snapshot.labelCache.add(read, of: snapshot.store)
    labels.merge(read) { _, new in new }
    return labels
  }

  private var schema: String { snapshot.progress.catalogue.schema }

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

  private static func read(_ rows: PostgresResult) throws(PostgresError) -> [SeriesID: SeriesLabels] {
    var series: [SeriesID: SeriesLabels] = [:]
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
      series[SeriesID(rawValue: id)] = SeriesLabels(labels)
    }
    return series
  }

  private static func tooMany(_ limit: Int) -> QueryError {
    .limit(
      .tooManySeries,
      "more than \(limit) series match, which is the limit of one query: narrow them down with label.NAME=VALUE")
  }
}

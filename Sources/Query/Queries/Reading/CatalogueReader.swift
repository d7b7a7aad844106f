import Events
import Postgres
import ReadModels
import Runtime

/// Reads which series a metric has. `CatalogueTables` says what the tables hold.
struct CatalogueReader {
  let snapshot: ReadSnapshot

  /// Series of one metric above which their labels are asked of the store each time.
  private static let keptSeriesLimit: Int64 = 100_000

  /// The series that a selector asks for.
  /// - Throws: `too-many-series` when there are more than one query may read.
  func select(_ selector: SeriesSelector) throws(ReadFailure) -> SelectedSeries {
    let found = try find(selector)
    let limit = snapshot.limits.seriesLimit
    guard found.ids.count <= limit else { throw .query(Self.tooMany(limit)) }
    return found
  }

  /// What a listing goes over: all series that match, or the page that is asked for.
  func list(_ request: SeriesRequest) throws(ReadFailure) -> ListedSeries {
    guard let page = request.page else {
      let selected = try select(request.selector)
      return ListedSeries(
        series: try series(selected.ids), next: .notPaged, labelKeys: request.wantsLabelKeys ? selected.keys : [])
    }
    let ids = try ids(request.selector, from: try Self.first(page, snapshot.store), limit: page.limit + 1)
    let end = ids.count > page.limit ? ids[page.limit - 1] : nil
    return ListedSeries(
      series: try series(Array(ids.prefix(page.limit))),
      next: page.next(end.map { .series($0) }, in: snapshot.store),
      labelKeys: request.wantsLabelKeys ? try labelKeys(request.selector) : [])
  }

  private func find(_ selector: SeriesSelector) throws(ReadFailure) -> SelectedSeries {
    if let guess = snapshot.guess { return guess }
    guard let count = try snapshot.seriesCount(of: selector.name) else { return .none }
    if count <= Self.keptSeriesLimit, let metric = try metric(selector.name, count) {
      return SelectedSeries(metric, metric.places(selector.labels))
    }
    return SelectedSeries(try series(try ids(selector)))
  }

  /// All series of a metric that has `count` of them: from the cache, with those that are new read; or all read. Nil where
  /// they take more than the cache may.
  private func metric(_ name: String, _ count: Int64) throws(ReadFailure) -> MetricSeries? {
    let build = snapshot.progress.catalogue
    let known = snapshot.caches.catalogue.metric(name, of: build.key)
    if let known, known.isCurrent(at: build.positions, count: count) {
      snapshot.caches.catalogue.confirm(name, of: build.key, at: build.positions)
      return known
    }
    if let known, known.positions.count == build.positions.count, Int64(known.ids.count) < count,
      let grown = try read(name, behind: known), Int64(grown.ids.count) == count
    {
      snapshot.caches.catalogue.keep(grown, as: name, of: build.key)
      return grown
    }
    let whole = try read(name, behind: nil)
    if let whole, Int64(whole.ids.count) == count { snapshot.caches.catalogue.keep(whole, as: name, of: build.key) }
    return whole
  }

  /// The series that `known` has and those that were registered behind them: of each shard its ids rise in the order in
  /// which they are registered.
  private func read(_ name: String, behind known: MetricSeries?) throws(ReadFailure) -> MetricSeries? {
    let shards = snapshot.store.shards
    var latest = [Int64](repeating: -1, count: shards)
    for id in known?.ids ?? [] { latest[id.shard(of: shards)] = id.rawValue }
    var parameters = PostgresParameters()
    parameters.text(name)
    parameters.int64Array(latest)
    parameters.int64(latest.min() ?? -1)
    parameters.int64(Int64(snapshot.limits.cachedCatalogueBytesLimit))
    // No rows where the labels of all take more than may be kept. Label by label, and one row without a label for a series
    // that has none.
    let statement = PostgresStatement(
      "series of metric \(schema)",
      """
      WITH wanted AS MATERIALIZED (
        SELECT id, labels FROM \(schema).\(CatalogueTables.series)
        WHERE name = $1 AND id > $3 AND id > ($2::bigint[])[1 + id % \(shards)])
      SELECT s.id, l.key, l.value FROM wanted s LEFT JOIN LATERAL jsonb_each_text(s.labels) l ON true
      WHERE (SELECT sum(pg_column_size(labels)) FROM wanted) <= $4
      """)
    let rows = try snapshot.query(statement, parameters)
    if rows.rowCount == 0 { return nil }
    return try ReadFailure.ofStore { () throws(PostgresError) in
      var builder = known.map { MetricSeriesBuilder($0) } ?? MetricSeriesBuilder()
      var latest: Int64?
      for row in 0..<rows.rowCount {
        let id = try rows.int64(row, 0)
        if id != latest { builder.add(SeriesID(rawValue: id)) }
        latest = id
        if !rows.isNull(row, 1) { builder.addLabel(key: try rows.text(row, 1), value: try rows.text(row, 2)) }
      }
      return builder.build(positions: snapshot.progress.catalogue.positions)
    }
  }

  /// $1 the metric's name: how many series it has, no row where there is no such metric.
  static func countStatement(_ schema: String) -> PostgresStatement {
    PostgresStatement(
      "series count \(schema)", "SELECT series FROM \(schema).\(CatalogueTables.metrics) WHERE name = $1")
  }

  static func countParameters(_ metric: String) -> PostgresParameters {
    var parameters = PostgresParameters()
    parameters.text(metric)
    return parameters
  }

  static func count(_ rows: PostgresResult) throws(PostgresError) -> Int64? {
    rows.rowCount == 0 ? nil : try rows.int64(0, 0)
  }

  private static func first(_ page: PageRequest, _ store: StoreIdentity) throws(ReadFailure) -> SeriesID {
    switch try ReadFailure.ofQuery({ () throws(QueryError) in try page.start(in: store) }) {
    case nil: return SeriesID(rawValue: .min)
    case .series(let id) where id.rawValue < .max: return SeriesID(rawValue: id.rawValue + 1)
    default: throw .query(PageRequest.foreignKey)
    }
  }

  /// The first series of a selector from an id on, by rising id.
  func ids(_ selector: SeriesSelector, from first: SeriesID, limit: Int) throws(ReadFailure) -> [SeriesID] {
    let statement = PostgresStatement(
      "series page \(schema)",
      """
      SELECT id FROM \(schema).\(CatalogueTables.series)
      WHERE name = $1 AND labels @> $2::text::jsonb AND NOT labels ?| $3::text[] AND id >= $5 ORDER BY id LIMIT $4
      """)
    var parameters = Self.parameters(selector)
    parameters.int64(Int64(limit))
    parameters.int64(first.rawValue)
    return try Self.ids(try snapshot.query(statement, parameters))
  }

  /// These series with their labels, in their order.
  func series(_ ids: [SeriesID]) throws(ReadFailure) -> [CataloguedSeries] {
    let labels = try labels(of: ids)
    return ids.map { CataloguedSeries(id: $0, labels: labels[$0] ?? .none) }
  }

  /// Every label key of all series that a selector asks for, however many these are, by rising bytes: a table has the
  /// same columns on each of its pages.
  func labelKeys(_ selector: SeriesSelector) throws(ReadFailure) -> [String] {
    let statement = PostgresStatement(
      "label keys \(schema)",
      """
      SELECT DISTINCT jsonb_object_keys(labels) FROM \(schema).\(CatalogueTables.series)
      WHERE name = $1 AND labels @> $2::text::jsonb AND NOT labels ?| $3::text[]
      """)
    let rows = try snapshot.query(statement, Self.parameters(selector))
    return try ReadFailure.ofStore { () throws(PostgresError) in
      var keys: [String] = []
      for row in 0..<rows.rowCount { keys.append(try rows.text(row, 0)) }
      return LabelKeys(keys).sorted
    }
  }

  private func ids(_ selector: SeriesSelector) throws(ReadFailure) -> [SeriesID] {
    let limit = snapshot.limits.seriesLimit
    let statement = PostgresStatement(
      "series \(schema)",
      """
      SELECT id FROM \(schema).\(CatalogueTables.series)
      WHERE name = $1 AND labels @> $2::text::jsonb AND NOT labels ?| $3::text[] ORDER BY id LIMIT $4
      """)
    var parameters = Self.parameters(selector)
    parameters.int64(Int64(limit) + 1)
    let rows = try snapshot.query(statement, parameters)
    guard rows.rowCount <= limit else { throw .query(Self.tooMany(limit)) }
    return try Self.ids(rows)
  }

  private static func ids(_ rows: PostgresResult) throws(ReadFailure) -> [SeriesID] {
    try ReadFailure.ofStore { () throws(PostgresError) in
      var ids: [SeriesID] = []
      for row in 0..<rows.rowCount { ids.append(SeriesID(rawValue: try rows.int64(row, 0))) }
      return ids
    }
  }

  private func labels(of series: [SeriesID]) throws(ReadFailure) -> [SeriesID: SeriesLabels] {
    var (labels, unknown) = snapshot.caches.labels.look(up: series, of: snapshot.store)
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
    snapshot.caches.labels.add(read, of: snapshot.store)
    labels.merge(read) { _, new in new }
    return labels
  }

  private var schema: String { snapshot.progress.catalogue.schema }

  private static func parameters(_ selector: SeriesSelector) -> PostgresParameters {
    var wanted = "{"
    for label in selector.labels where !label.value.isEmpty {
      if wanted.utf8.count > 1 { wanted += "," }
      wanted += JSONText.quoted(label.key) + ":" + JSONText.quoted(label.value)
    }
    var parameters = PostgresParameters()
    parameters.text(selector.name)
    parameters.text(wanted + "}")
    parameters.textArray(selector.labels.filter { $0.value.isEmpty }.map(\.key))
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
      "more than \(limit) series match, which is the limit of one query: narrow them down with label.NAME=VALUE; "
        + "/v1/series, /v1/latest and /v1/samples also come in pages, with limit=")
  }
}

import Events
import Postgres
import ReadModels

/// The last samples of series: from their last hour, or the last minute of a split one, and the tail.
struct LatestReader {
  let snapshot: ReadSnapshot

  /// Series without samples are not in the result.
  func lastSamples(of series: [SeriesID]) throws(ReadFailure) -> [SeriesID: LastSample] {
    if series.isEmpty { return [:] }
    var result: [SeriesID: LastSample] = [:]
    let unknown = try readLast(of: series, from: TimelineTables.hours, "hour", into: &result)
    // A split hour with NaN samples does not say which its last sample is; its last minute does.
    if !unknown.isEmpty { _ = try readLast(of: unknown, from: TimelineTables.minutes, "minute", into: &result) }
    try applyTail(to: series, &result)
    return result
  }

  /// Returns the series whose last row has samples that are NaN and does not tell where.
  private func readLast(
    of series: [SeriesID], from table: String, _ key: String, into result: inout [SeriesID: LastSample]
  ) throws(ReadFailure) -> [SeriesID] {
    let schema = snapshot.progress.timeline.schema
    var parameters = PostgresParameters()
    parameters.int64Array(series.map(\.rawValue))
    let rows = try snapshot.query(
      PostgresStatement(
        "last \(table) \(schema)",
        """
        SELECT k.series, t.stored = t.n, t.last_at, t.last, CASE WHEN t.stored > t.n THEN t.samples END
        FROM unnest($1::bigint[]) AS k (series) CROSS JOIN LATERAL (
          SELECT * FROM \(schema).\(table) t WHERE t.series = k.series ORDER BY t.\(key) DESC LIMIT 1) t
        """), parameters)
    var unknown: [SeriesID] = []
    for row in 0..<rows.rowCount {
      let (id, last) = try Self.read(rows, row)
      if let last { result[id] = last } else { unknown.append(id) }
    }
    return unknown
  }

  private static func read(_ rows: PostgresResult, _ row: Int) throws(ReadFailure) -> (SeriesID, LastSample?) {
    let (id, last, packed) = try ReadFailure.ofStore { () throws(PostgresError) -> (SeriesID, LastSample?, [UInt8]?) in
      let id = SeriesID(rawValue: try rows.int64(row, 0))
      if try rows.bool(row, 1) {
        return (id, LastSample(time: try rows.int64(row, 2), value: try rows.double(row, 3)), nil)
      }
      return (id, nil, rows.isNull(row, 4) ? nil : try rows.byteArray(row, 4))
    }
    guard let packed else { return (id, last) }
    return (id, LastSample(try ReadFailure.ofContent { () throws(ReadModelError) in try PackedSamples.decode(packed) }))
  }

  private func applyTail(
    to series: [SeriesID], _ result: inout [SeriesID: LastSample]
  ) throws(ReadFailure) {
    let tail = try TailRows(snapshot, series: series)
    if tail.isEmpty { return }
    for start in stride(from: 0, to: series.count, by: SeriesPage.seriesCount) {
      let batch = series[start..<min(start + SeriesPage.seriesCount, series.count)]
      for (id, changes) in try tail.changes(of: batch) { result[id] = LastSample.after(changes, result[id]) }
    }
  }
}

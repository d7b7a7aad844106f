import Events
import Postgres
import ReadModels

/// A table of buckets: which statement reads it, and what its rows mean.
struct BucketTable {
  let level: BucketLevel
  /// Rows of several stretches, as `BucketRanges.parameters`.
  let statement: PostgresStatement
  /// The first rows of one stretch, with samples: $1 series, $2 first bucket, $3 bucket behind the last, $4 most rows.
  let pageStatement: PostgresStatement

  init(_ level: BucketLevel, schema: String) {
    self.level = level
    let (table, key) =
      switch level {
      case .minute: (TimelineTables.minutes, "minute")
      case .hour: (TimelineTables.hours, "hour")
      case .day: (TimelineTables.days, "day")
      }
    let samples = level == .day ? "NULL::bytea" : "CASE WHEN k.with_samples THEN t.samples END"
    // The key is unique, so the index gives each stretch in order and the sort has little to do.
    statement = PostgresStatement(
      "\(table) \(schema)",
      """
      SELECT t.series, t.\(key), \(TimelineTables.aggregateColumns), \(samples)
      FROM unnest($1::bigint[], $2::int[], $3::int[], $4::boolean[]) AS k (series, lower, upper, with_samples)
      JOIN \(schema).\(table) t ON t.series = k.series AND t.\(key) >= k.lower AND t.\(key) < k.upper
      ORDER BY t.series, t.\(key)
      """)
    pageStatement = PostgresStatement(
      "\(table) page \(schema)",
      """
      SELECT series, \(key), \(TimelineTables.aggregateColumns), \(level == .day ? "NULL::bytea" : "samples")
      FROM \(schema).\(table) WHERE series = $1 AND \(key) >= $2 AND \(key) < $3 ORDER BY \(key) LIMIT $4
      """)
  }

  /// The rows per series, by rising bucket.
  func read(_ rows: PostgresResult) throws(PostgresError) -> [SeriesID: [BucketRow]] {
    var result: [SeriesID: [BucketRow]] = [:]
    var current: (series: SeriesID, rows: [BucketRow])?
    for row in 0..<rows.rowCount {
      let series = SeriesID(rawValue: try rows.int64(row, 0))
      let bucket = try bucketRow(rows, row)
      if current?.series == series {
        current?.rows.append(bucket)
      } else {
        if let current { result[current.series] = current.rows }
        current = (series, [bucket])
      }
    }
    if let current { result[current.series] = current.rows }
    return result
  }

  private func bucketRow(_ rows: PostgresResult, _ row: Int) throws(PostgresError) -> BucketRow {
    let count = try rows.int64(row, 3)
    let aggregate =
      count == 0
      ? Aggregate.empty
      : Aggregate(
        count: count, sum: try rows.double(row, 4), min: try rows.double(row, 5), max: try rows.double(row, 6),
        first: try rows.double(row, 7), firstAt: try rows.int64(row, 8), last: try rows.double(row, 9),
        lastAt: try rows.int64(row, 10))
    return BucketRow(
      bucket: try rows.int32(row, 1), stored: try rows.int64(row, 2), aggregate: aggregate,
      samples: rows.isNull(row, 11) ? nil : try rows.byteArray(row, 11))
  }
}

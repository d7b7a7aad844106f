import Events
import Postgres
import ReadModels

/// How rows of one kind are read: the statement, and what its answer means.
struct BucketTable {
  private let kind: RowKind
  /// Stretches of series: $1 bigint[] series, $2 int[] first buckets, $3 int[] buckets behind the last. First column: the
  /// stretch's place from 1. In no order.
  let statement: PostgresStatement

  init(_ kind: RowKind, schema: String) {
    self.kind = kind
    let (table, key) =
      switch kind {
      case .days: (TimelineTables.days, "day")
      case .hours, .sampledHours: (TimelineTables.hours, "hour")
      case .minutes, .sampledMinutes: (TimelineTables.minutes, "minute")
      }
    let columns = Self.columns(kind).split(separator: ",").map { "t.\($0.drop { $0 == " " })" }.joined(separator: ", ")
    statement = PostgresStatement(
      "\(kind) \(schema)",
      """
      SELECT k.place, t.\(key), \(columns)
      FROM unnest($1::bigint[], $2::int[], $3::int[]) WITH ORDINALITY AS k (series, lower, upper, place)
      JOIN \(schema).\(table) t ON t.series = k.series AND t.\(key) >= k.lower AND t.\(key) < k.upper
      """)
  }

  /// The first hours of one stretch that have rows, with samples: $1 series, $2 first hour, $3 hour behind the last, $4
  /// most rows. Columns and order as `read` wants them.
  static func hoursPage(schema: String) -> PostgresStatement {
    PostgresStatement(
      "hours page \(schema)",
      """
      SELECT 1::bigint, hour, \(columns(.sampledHours)) FROM \(schema).\(TimelineTables.hours)
      WHERE series = $1 AND hour >= $2 AND hour < $3 ORDER BY hour LIMIT $4
      """)
  }

  private static func columns(_ kind: RowKind) -> String {
    switch kind {
    case .days, .hours, .minutes: TimelineTables.aggregateColumns
    case .sampledHours: "stored, samples"
    case .sampledMinutes: "\(TimelineTables.aggregateColumns), samples"
    }
  }

  static func parameters(_ stretches: [(series: SeriesID, buckets: Range<Int32>)]) -> PostgresParameters {
    var parameters = PostgresParameters()
    parameters.int64Array(stretches.map(\.series.rawValue))
    parameters.int32Array(stretches.map(\.buckets.lowerBound))
    parameters.int32Array(stretches.map(\.buckets.upperBound))
    return parameters
  }

  /// The rows of each stretch, by rising bucket.
  /// - Parameter count: stretches that were asked for.
  func read(_ rows: PostgresResult, count: Int) throws(PostgresError) -> [[BucketRow]] {
    var result = [[BucketRow]](repeating: [], count: count)
    var inOrder = true
    for row in 0..<rows.rowCount {
      let place = Int(try rows.int64(row, 0)) - 1
      guard result.indices.contains(place) else {
        throw PostgresError("read rows", message: "stretch \(place) of \(count)")
      }
      let bucket = try bucketRow(rows, row)
      if let last = result[place].last, last.bucket > bucket.bucket { inOrder = false }
      result[place].append(bucket)
    }
    // An index gives them in order; the plan need not use one.
    if !inOrder { for place in result.indices { result[place].sort { $0.bucket < $1.bucket } } }
    return result
  }

  private func bucketRow(_ rows: PostgresResult, _ row: Int) throws(PostgresError) -> BucketRow {
    let (bucket, stored) = (try rows.int32(row, 1), try rows.int64(row, 2))
    if kind == .sampledHours {
      return BucketRow(bucket: bucket, stored: stored, aggregate: .empty, samples: try samples(rows, row, 3))
    }
    let count = try rows.int64(row, 3)
    let aggregate =
      count == 0
      ? Aggregate.empty
      : Aggregate(
        count: count, sum: try rows.double(row, 4), min: try rows.double(row, 5), max: try rows.double(row, 6),
        first: try rows.double(row, 7), firstAt: try rows.int64(row, 8), last: try rows.double(row, 9),
        lastAt: try rows.int64(row, 10))
    return BucketRow(
      bucket: bucket, stored: stored, aggregate: aggregate,
      samples: kind == .sampledMinutes ? try samples(rows, row, 11) : nil)
  }

  private func samples(_ rows: PostgresResult, _ row: Int, _ column: Int) throws(PostgresError) -> [UInt8]? {
    rows.isNull(row, column) ? nil : try rows.byteArray(row, column)
  }
}

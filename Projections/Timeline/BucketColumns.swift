import ProjectionKit
import ReadModels

/// Rows of `hours`, `minutes` or `days` on their way into the table, by column.
struct BucketColumns {
  private var series: [Int64] = []
  private var buckets: [Int32] = []
  private var stored: [Int64] = []
  private var n: [Int64] = []
  private var sum: [Double?] = []
  private var min: [Double?] = []
  private var max: [Double?] = []
  private var first: [Double?] = []
  private var firstAt: [Int64?] = []
  private var last: [Double?] = []
  private var lastAt: [Int64?] = []
  private var samples: [[UInt8]?] = []

  var count: Int { series.count }

  mutating func append(series id: Int64, _ row: BucketRow) {
    let aggregate = row.aggregate
    let isEmpty = aggregate.isEmpty
    series.append(id)
    buckets.append(row.bucket)
    stored.append(row.stored)
    n.append(aggregate.count)
    sum.append(isEmpty ? nil : aggregate.sum)
    min.append(isEmpty ? nil : aggregate.min)
    max.append(isEmpty ? nil : aggregate.max)
    first.append(isEmpty ? nil : aggregate.first)
    firstAt.append(isEmpty ? nil : aggregate.firstAt)
    last.append(isEmpty ? nil : aggregate.last)
    lastAt.append(isEmpty ? nil : aggregate.lastAt)
    samples.append(row.samples)
  }

  /// In the order of the statements' parameters.
  private func columns(_ statements: BucketStatements) -> [(name: String, values: ReadColumn)] {
    var columns: [(name: String, values: ReadColumn)] = [
      ("series", .int64(series)), (statements.bucket, .int32(buckets)), ("stored", .int64(stored)), ("n", .int64(n)),
      ("sum", .doubleOrNull(sum)), ("min", .doubleOrNull(min)), ("max", .doubleOrNull(max)),
      ("first", .doubleOrNull(first)), ("first_at", .int64OrNull(firstAt)), ("last", .doubleOrNull(last)),
      ("last_at", .int64OrNull(lastAt)),
    ]
    if statements.hasSamples { columns.append(("samples", .bytesOrNull(samples))) }
    return columns
  }

  /// Writes rows that are known not to be there.
  func insert(_ statements: BucketStatements, _ transaction: any ReadTransaction) throws {
    try BulkInsert.run(
      transaction, table: statements.table, statement: statements.insert, count: count, columns(statements))
  }

  /// Writes rows that are known to be there.
  func update(_ statements: BucketStatements, _ transaction: any ReadTransaction) throws {
    guard count > 0 else { return }
    let updated = try transaction.execute(
      statements.update, columns(statements).map { .array($0.values) })
    guard updated == count else {
      throw ProjectionError.damaged(
        table: statements.table, reason: "expected \(count) rows to be updated, actual \(updated)")
    }
  }
}

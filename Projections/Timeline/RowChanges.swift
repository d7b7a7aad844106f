import ProjectionKit
import ReadModels

/// What a fold does to the rows of one table. New rows and changed ones are apart, because COPY for the new and UPDATE for
/// the others is about twice as fast as ON CONFLICT; a row that stays the same is not written.
struct RowChanges {
  private var inserted = BucketColumns()
  private var updated = BucketColumns()
  private var removedSeries: [Int64] = []
  private var removedBuckets: [Int32] = []

  mutating func add(series: Int64, bucket: Int32, before: BucketRow?, after: BucketRow?) {
    guard before != after else { return }
    add(series: series, bucket: bucket, existed: before != nil, after: after)
  }

  mutating func add(series: Int64, bucket: Int32, existed: Bool, after: BucketRow?) {
    switch (existed, after) {
    case (false, let after?): inserted.append(series: series, after)
    case (true, let after?): updated.append(series: series, after)
    case (true, nil): remove(series: series, bucket: bucket)
    case (false, nil): break
    }
  }

  mutating func remove(series: Int64, bucket: Int32) {
    removedSeries.append(series)
    removedBuckets.append(bucket)
  }

  func write(_ statements: BucketStatements, _ transaction: any ReadTransaction) throws {
    try inserted.insert(statements, transaction)
    try updated.update(statements, transaction)
    if !removedSeries.isEmpty {
      try transaction.execute(
        statements.delete, [.array(.int64(removedSeries)), .array(.int32(removedBuckets))])
    }
  }
}

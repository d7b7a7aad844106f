import ProjectionKit
import ReadModels

/// What a fold does to the rows of one table. New rows and changed ones are apart, because COPY for the new and UPDATE for
/// the others is about twice as fast as ON CONFLICT; a row that stays the same is not written.
struct RowChanges {
  /// What became of a row.
  enum Effect {
    case none
    case inserted
    case updated
    case removed
  }

  private var inserted = BucketColumns()
  private var updated = BucketColumns()
  private var removedSeries: [Int64] = []
  private var removedBuckets: [Int32] = []

  @discardableResult
  mutating func add(series: Int64, bucket: Int32, before: BucketRow?, after: BucketRow?) -> Effect {
    before == after ? .none : add(series: series, bucket: bucket, existed: before != nil, after: after)
  }

  @discardableResult
  mutating func add(series: Int64, bucket: Int32, existed: Bool, after: BucketRow?) -> Effect {
    guard let after else {
      if existed { remove(series: series, bucket: bucket) }
      return existed ? .removed : .none
    }
    if existed { updated.append(series: series, after) } else { inserted.append(series: series, after) }
    return existed ? .updated : .inserted
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

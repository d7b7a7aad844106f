import ProjectionKit
import ReadModels

/// From rows of a query to `BucketRow`s.
enum BucketReader {
  /// - column: where the bucket's number stands; the aggregate's columns follow it, and the samples these if `samples`.
  static func row(_ rows: any ReadRows, _ index: Int, from column: Int, samples: Bool) throws -> BucketRow {
    let count = try rows.int64(index, column + 2)
    var aggregate = Aggregate.empty
    if count > 0 {
      aggregate = Aggregate(
        count: count, sum: try rows.double(index, column + 3), min: try rows.double(index, column + 4),
        max: try rows.double(index, column + 5), first: try rows.double(index, column + 6),
        firstAt: try rows.int64(index, column + 7), last: try rows.double(index, column + 8),
        lastAt: try rows.int64(index, column + 9))
    }
    let hasSamples = samples && !rows.isNull(index, column + 10)
    return BucketRow(
      bucket: Int32(truncatingIfNeeded: try rows.int64(index, column)), stored: try rows.int64(index, column + 1),
      aggregate: aggregate, samples: hasSamples ? try rows.byteArray(index, column + 10) : nil)
  }

  /// By rising bucket. Rows come that way from an index, but nothing promises it, and sorting hundreds of thousands of
  /// rows in Postgres costs more than looking at them here.
  static func sort(_ rows: inout [BucketRow]) {
    let isSorted = zip(rows, rows.dropFirst()).allSatisfy { $0.bucket < $1.bucket }
    if !isSorted { rows.sort { $0.bucket < $1.bucket } }
  }

  /// A place that `WITH ORDINALITY` gave, as an index into an array of `count`.
  static func place(_ rows: any ReadRows, _ index: Int, count: Int) throws -> Int {
    let place = try rows.int64(index, 0)
    guard place >= 1, place <= Int64(count) else {
      throw ProjectionError.damaged(table: "a query's places", reason: "expected 1 to \(count), actual \(place)")
    }
    return Int(place) - 1
  }
}

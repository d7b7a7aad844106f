import ReadModels

/// All rows of one kind that one series has in a stretch of buckets. Never changes.
final class SeriesRows: Sendable {
  /// Rows beside it are not here.
  let covered: Range<Int32>
  /// Rising.
  let rows: [BucketRow]
  /// About what it takes in memory.
  let bytes: Int

  init(covered: Range<Int32>, rows: [BucketRow]) {
    self.covered = covered
    self.rows = rows
    bytes = rows.reduce(96) { $0 + MemoryLayout<BucketRow>.stride + ($1.samples.map { $0.count + 32 } ?? 0) }
  }

  /// The stretch to read when `wanted` is not covered: what is missing at one end, or all of it.
  func missing(of wanted: Range<Int32>) -> Range<Int32> {
    if covered.lowerBound <= wanted.lowerBound, wanted.lowerBound <= covered.upperBound {
      return covered.upperBound..<wanted.upperBound
    }
    if wanted.upperBound <= covered.upperBound, covered.lowerBound <= wanted.upperBound {
      return wanted.lowerBound..<covered.lowerBound
    }
    return wanted
  }

  /// Together with rows that were read beside it; those alone where they do not begin where these end, or end where these
  /// begin.
  func joined(_ others: SeriesRows) -> SeriesRows {
    if others.covered.lowerBound == covered.upperBound {
      return SeriesRows(covered: covered.lowerBound..<others.covered.upperBound, rows: rows + others.rows)
    }
    if others.covered.upperBound == covered.lowerBound {
      return SeriesRows(covered: others.covered.lowerBound..<covered.upperBound, rows: others.rows + rows)
    }
    return others
  }

  func covers(_ wanted: Range<Int32>) -> Bool {
    covered.lowerBound <= wanted.lowerBound && wanted.upperBound <= covered.upperBound
  }

  /// What is left when the rows of some buckets, and others between them, have changed: the longer of what lies before and
  /// behind them. Nil for nothing.
  func without(_ changed: ClosedRange<Int32>) -> SeriesRows? {
    if changed.upperBound < covered.lowerBound || changed.lowerBound >= covered.upperBound { return self }
    let before = covered.lowerBound..<max(covered.lowerBound, changed.lowerBound)
    let behind = min(covered.upperBound, changed.upperBound + 1)..<covered.upperBound
    let left = before.count >= behind.count ? before : behind
    return left.isEmpty ? nil : SeriesRows(covered: left, rows: rows.filter { left.contains($0.bucket) })
  }
}

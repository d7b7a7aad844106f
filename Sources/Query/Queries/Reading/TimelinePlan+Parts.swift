import ReadModels

extension TimelinePlan {
  /// The plan in parts of whole buckets, by rising time, each covering at most `rowsLimit` stored rows of a series; a
  /// part has at least one bucket, so a bucket of more rows than that is a part.
  func parts(rowsLimit: Int) -> [TimelinePlan] {
    let minutesPerPart = Int64(rowsLimit) * (level == .day ? 1_440 : 60)
    let bucketsPerPart = max(1, minutesPerPart / minutesPerBucket)
    return stride(from: buckets.lowerBound, to: buckets.upperBound, by: Int(bucketsPerPart)).compactMap { first in
      part(first..<Swift.min(buckets.upperBound, first + bucketsPerPart))
    }
  }
}

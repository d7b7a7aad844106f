import Postgres

/// Which rows of `days`, `hours` or `minutes` are wanted: stretches of buckets of one series each, that do not overlap,
/// with or without samples.
struct BucketRanges {
  private(set) var series: [Int64] = []
  private(set) var lower: [Int32] = []
  private(set) var upper: [Int32] = []
  private(set) var withSamples: [Bool] = []

  var isEmpty: Bool { series.isEmpty }

  mutating func add(_ series: Int64, _ buckets: Range<Int32>, withSamples: Bool) {
    guard !buckets.isEmpty else { return }
    self.series.append(series)
    lower.append(buckets.lowerBound)
    upper.append(buckets.upperBound)
    self.withSamples.append(withSamples)
  }

  /// All of `buckets`, with samples only those in `sampled`, which rise.
  mutating func add(_ series: Int64, _ buckets: Range<Int32>, sampled: some Sequence<Int32>) {
    var next = buckets.lowerBound
    for bucket in sampled where buckets.contains(bucket) {
      add(series, next..<bucket, withSamples: false)
      add(series, bucket..<(bucket + 1), withSamples: true)
      next = bucket + 1
    }
    add(series, next..<buckets.upperBound, withSamples: false)
  }

  var parameters: PostgresParameters {
    var parameters = PostgresParameters()
    parameters.int64Array(series)
    parameters.int32Array(lower)
    parameters.int32Array(upper)
    parameters.boolArray(withSamples)
    return parameters
  }
}

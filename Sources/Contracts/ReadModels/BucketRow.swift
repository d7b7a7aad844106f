/// A row of `hours`, `minutes` or `days` of one series.
package struct BucketRow: Hashable, Sendable {
  /// The bucket's number at the row's level (`BucketLevel`).
  package var bucket: Int32
  /// How many samples the bucket has, NaN included. A row exists as long as this is above 0.
  package var stored: Int64
  package var aggregate: Aggregate
  /// The samples as `PackedSamples`. Nil in `days`, in an hour that is split into minutes, and where they were not read.
  package var samples: [UInt8]?

  package init(bucket: Int32, stored: Int64, aggregate: Aggregate, samples: [UInt8]? = nil) {
    self.bucket = bucket
    self.stored = stored
    self.aggregate = aggregate
    self.samples = samples
  }

  /// Of an hour's row: whether its samples stand in `minutes`.
  package var isSplit: Bool { stored > Self.splitLimit }

  /// Samples above which an hour keeps them in `minutes` rows: 4,096 are about 8 kB, and a fold that touches one of them
  /// rewrites them all (measured: 10 thousand rows of 7 kB a second). Part of the projection's definition.
  package static let splitLimit: Int64 = 4_096
}

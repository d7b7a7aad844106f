package import Events

/// The samples of one command, sorted into shards, in the order sent within each shard.
///
/// A row's `series` is the `SeriesID` when the series is known (≥ 0), else a reference to an element of `newSeries`
/// (< 0, see `reference(toNew:)`), and that element's shard is the shard of the columns it stands in. Times are
/// nanoseconds since 1970.
package struct SampleBatch: Sendable {
  /// One per shard of the store, most of them often empty.
  package var shards: [SampleColumns]

  /// Each at most once per batch (by fingerprint).
  package var newSeries: [NewSeries] = []

  package init(shards: Int) {
    self.shards = Array(repeating: SampleColumns(), count: shards)
  }

  /// All samples of all shards.
  package var count: Int { shards.reduce(0) { $0 + $1.count } }

  /// What stands in the column `series` for `newSeries[index]`.
  @inlinable
  package static func reference(toNew index: Int) -> Int64 { -1 - Int64(index) }

  /// The index in `newSeries` that a negative `reference` stands for.
  @inlinable
  package static func newIndex(of reference: Int64) -> Int { Int(-1 - reference) }
}

package import Events

/// What one fetch gave.
package struct FeedBatch: Sendable {
  /// By shard, then position; per shard without a gap from the mark on.
  package var records: [EventRecord]
  /// Where Kafka had each of them, -1: it did not come from there; empty: none did.
  package var offsets: [Int64]
  /// The heads when the fetch began.
  package var heads: [ShardHead]
  /// There is certainly more to read already.
  package var isFull: Bool
  /// The shards that cannot be read on behind their records, at most one of each.
  package var faults: [FeedFault]

  package init(
    records: [EventRecord], offsets: [Int64] = [], heads: [ShardHead], isFull: Bool, faults: [FeedFault] = []
  ) {
    self.records = records
    self.offsets = offsets
    self.heads = heads
    self.isFull = isFull
    self.faults = faults
  }
}

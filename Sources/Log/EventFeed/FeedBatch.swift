package import Events

/// What one fetch gave.
package struct FeedBatch: Sendable {
  /// By shard, then position; per shard without a gap from the mark on.
  package var records: [EventRecord]
  /// The heads when the fetch began.
  package var heads: [ShardHead]
  /// There is certainly more to read already.
  package var isFull: Bool

  package init(records: [EventRecord], heads: [ShardHead], isFull: Bool) {
    self.records = records
    self.heads = heads
    self.isFull = isFull
  }
}

/// How far a build has a shard, and under which epoch that may be moved on.
package struct ShardProgress: Hashable, Sendable {
  /// Of the last event that is in the rows; 0: none yet.
  package var position: Int64
  /// Of that event, 32 bytes; zeros at position 0.
  package var hash: [UInt8]
  /// Raised whenever somebody takes the shard.
  package var epoch: Int64
  /// Where Kafka had that event or one before it: a hint; nil: not known.
  package var offset: Int64?

  package init(position: Int64, hash: [UInt8], epoch: Int64, offset: Int64? = nil) {
    self.position = position
    self.hash = hash
    self.epoch = epoch
    self.offset = offset
  }
}

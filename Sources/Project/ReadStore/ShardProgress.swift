/// How far a build has a shard, and under which epoch that may be moved on.
package struct ShardProgress: Hashable, Sendable {
  /// Of the last event that is in the rows; 0: none yet.
  package var position: Int64
  /// Of that event, 32 bytes; zeros at position 0.
  package var hash: [UInt8]
  /// Raised whenever somebody takes the shard.
  package var epoch: Int64

  package init(position: Int64, hash: [UInt8], epoch: Int64) {
    self.position = position
    self.hash = hash
    self.epoch = epoch
  }
}

/// The last event of a shard, as the store has it.
package struct ShardHead: Hashable, Sendable {
  package let shard: Int
  /// 0: none yet.
  package let position: Int64
  package let hash: [UInt8]
  /// Nanoseconds since 1970 UTC.
  package let recordedAt: Int64

  package init(shard: Int, position: Int64, hash: [UInt8], recordedAt: Int64) {
    self.shard = shard
    self.position = position
    self.hash = hash
    self.recordedAt = recordedAt
  }
}

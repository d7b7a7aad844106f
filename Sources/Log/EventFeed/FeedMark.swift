/// The last event that a reader has taken from a shard: where it reads on, and how it notices that the store is another.
package struct FeedMark: Hashable, Sendable {
  package let shard: Int
  /// 0: none yet.
  package var position: Int64
  /// Of that event, 32 bytes; not looked at when position is 0.
  package var hash: [UInt8]
  /// Where Kafka had that event or one before it: a hint; nil: not known.
  package var offset: Int64?

  package init(shard: Int, position: Int64, hash: [UInt8], offset: Int64? = nil) {
    self.shard = shard
    self.position = position
    self.hash = hash
    self.offset = offset
  }
}

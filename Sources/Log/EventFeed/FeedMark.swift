/// The last event that a reader has taken from a shard: where it reads on, and how it notices that the store is another.
package struct FeedMark: Hashable, Sendable {
  package let shard: Int
  /// 0: none yet.
  package var position: Int64
  /// Of that event, 32 bytes; not looked at when position is 0.
  package var hash: [UInt8]

  package init(shard: Int, position: Int64, hash: [UInt8]) {
    self.shard = shard
    self.position = position
    self.hash = hash
  }
}

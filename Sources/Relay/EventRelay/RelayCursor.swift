import EventFeed

/// The last event of a shard that is on the topic for certain, and the epoch under which it may be moved on.
struct RelayCursor: Hashable, Sendable {
  /// 0: none yet.
  var position: Int64
  /// Of that event, 32 bytes; zeros at position 0.
  var hash: [UInt8]
  var epoch: Int64
  /// The store's, in which position and hash hold.
  var generation: Int32

  func mark(_ shard: Int) -> FeedMark { FeedMark(shard: shard, position: position, hash: hash) }
}

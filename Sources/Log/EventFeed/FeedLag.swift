/// How far a reader is behind a shard's head.
package struct FeedLag: Hashable, Sendable {
  package let shard: Int
  /// The head's position.
  package let head: Int64
  /// Events that the reader does not have yet.
  package let events: Int64
  /// When the oldest of them was recorded, in nanoseconds since 1970 UTC; nil when there is none.
  package let oldestRecordedAt: Int64?

  package init(shard: Int, head: Int64, events: Int64, oldestRecordedAt: Int64?) {
    self.shard = shard
    self.head = head
    self.events = events
    self.oldestRecordedAt = oldestRecordedAt
  }

  /// The age of the oldest of them; 0 when there is none.
  package func seconds(at wall: Int64) -> Double {
    guard let oldestRecordedAt else { return 0 }
    return Double(max(0, wall &- oldestRecordedAt)) / 1e9
  }
}

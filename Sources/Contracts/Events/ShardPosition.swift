/// An event's place: 1, 2, 3 … in its shard, without gaps, in commit order. Position 0 is before the first event.
package struct ShardPosition: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let shard: Int
  package let position: Int64

  @inlinable
  package init(shard: Int, position: Int64) {
    self.shard = shard
    self.position = position
  }

  /// By shard, then by position.
  @inlinable
  package static func < (a: Self, b: Self) -> Bool { (a.shard, a.position) < (b.shard, b.position) }

  package var description: String { "\(shard):\(position)" }
}

/// A series' number, given once when it is registered. Dense per shard: the n-th series (from 0) of shard s is
/// `n × shards + s`, so that the shard can be read off the number and the numbers of one shard make short columns.
package struct SeriesID: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible {
  package let rawValue: Int64

  /// Indexes in a shard are below this, so that an id of any number of shards fits (2^51 × 4,096 = 2^63).
  package static let indexLimit: Int64 = 1 << 51

  @inlinable
  package init(rawValue: Int64) { self.rawValue = rawValue }

  /// The series that is number `index`, from 0, in `shard` of `shards`.
  @inlinable
  package init(index: Int64, shard: Int, shards: Int) {
    rawValue = index * Int64(shards) + Int64(shard)
  }

  @inlinable
  package func shard(of shards: Int) -> Int { Int(rawValue % Int64(shards)) }

  /// Which one it is of its shard, from 0.
  @inlinable
  package func index(of shards: Int) -> Int64 { rawValue / Int64(shards) }

  @inlinable
  package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

  package var description: String { "\(rawValue)" }
}

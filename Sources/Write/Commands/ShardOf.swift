package import Hashing

/// Which shard a series lives in: a function of its fingerprint and of the store's number of shards, for ever.
package enum ShardOf {
  /// `shards` is the store's number of shards, at least 1. The result is in `0..<shards`.
  @inlinable
  package static func series(_ fingerprint: XXH3.Hash128, shards: Int) -> Int {
    Int(fingerprint.low % UInt64(shards))
  }
}

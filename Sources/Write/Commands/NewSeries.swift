package import Events
package import Hashing

/// A series that the parser's cache did not know. It may be in the registry all the same: the append looks it up again
/// under the lock of its shard and gives it a number only when nobody has done so before.
package struct NewSeries: Sendable {
  package let key: SeriesKey
  package let fingerprint: XXH3.Hash128
  package let shard: Int

  /// `fingerprint` is that of `key`; the caller has computed it for the lookup.
  package init(key: SeriesKey, fingerprint: XXH3.Hash128, shards: Int) {
    self.key = key
    self.fingerprint = fingerprint
    shard = ShardOf.series(fingerprint, shards: shards)
  }
}

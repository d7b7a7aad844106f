package import Events
package import Hashing

/// Gives the series of one batch their references: from the resolver, else from what this batch has met already, else
/// as a new series. Used by one parser at a time.
package struct BatchSeries {
  package let resolver: any SeriesResolver
  package private(set) var newSeries: [NewSeries] = []
  private let shards: Int
  private var indices: [XXH3.Hash128: Int] = [:]

  package init(resolver: any SeriesResolver) {
    self.resolver = resolver
    shards = resolver.shards
  }

  /// The shard and the value for the column `series`. `key` is called only for a series that is met for the first time
  /// and unknown.
  package mutating func reference<Failure: Error>(
    _ fingerprint: XXH3.Hash128, key: () throws(Failure) -> SeriesKey
  ) throws(Failure) -> (shard: Int, series: Int64) {
    let shard = ShardOf.series(fingerprint, shards: shards)
    if let id = resolver.lookup(fingerprint) { return (shard, id.rawValue) }
    if let index = indices[fingerprint] { return (shard, SampleBatch.reference(toNew: index)) }
    let index = newSeries.count
    newSeries.append(NewSeries(key: try key(), fingerprint: fingerprint, shards: shards))
    indices[fingerprint] = index
    return (shard, SampleBatch.reference(toNew: index))
  }
}

package import Commands
package import Events
package import Hashing
import Synchronization

/// A registry without a store: gives numbers when told to commit a batch.
package final class FakeResolver: SeriesResolver {
  package let shards: Int
  private let known = Mutex<[XXH3.Hash128: SeriesID]>([:])

  package init(shards: Int = 8) { self.shards = shards }

  package func lookup(_ fingerprint: XXH3.Hash128) -> SeriesID? { known.withLock { $0[fingerprint] } }

  package func commit(_ batch: SampleBatch) {
    known.withLock { known in
      for series in batch.newSeries where known[series.fingerprint] == nil {
        let index = Int64(known.values.count { $0.shard(of: shards) == series.shard })
        known[series.fingerprint] = SeriesID(index: index, shard: series.shard, shards: shards)
      }
    }
  }
}

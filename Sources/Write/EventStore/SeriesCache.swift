import Commands
package import Events
package import Hashing
import Synchronization

/// The numbers of committed series, from fingerprint, as far as they are in memory. Any thread.
///
/// Filled only after a commit, or from rows read under a lock of their shard, so what it says is so for ever. It begins
/// empty; what it does not know is found in the registry by the append. Bounded: each of its stripes has a young and an
/// old table. When the young one has half of the stripe's share it becomes the old one and the old one is forgotten, so
/// at least the newest half of the limit is known. A series forgotten while in use costs one look into the registry.
package final class SeriesCache: SeriesResolver {
  /// Series in memory, at most: 4 million at up to 48 bytes are 200 MB.
  package static let entriesLimit = 4_194_304
  /// Locks: enough that parsers on all cores seldom meet.
  private static let stripesCount = 64

  private struct Tables: ~Copyable {
    var young = SeriesTable()
    var old = SeriesTable(capacity: 2)
  }

  private final class Stripe: Sendable {
    let tables = Mutex(Tables())
  }

  package let shards: Int
  private let stripes: [Stripe]
  private let youngLimit: Int

  package init(shards: Int, entriesLimit: Int = SeriesCache.entriesLimit) {
    self.shards = shards
    stripes = (0..<Self.stripesCount).map { _ in Stripe() }
    youngLimit = max(1, entriesLimit / Self.stripesCount / 2)
  }

  package func lookup(_ fingerprint: XXH3.Hash128) -> SeriesID? {
    stripe(of: fingerprint).tables.withLock { tables in
      (tables.young.find(fingerprint) ?? tables.old.find(fingerprint)).map { SeriesID(rawValue: $0) }
    }
  }

  /// Only for what is committed.
  package func insert(_ fingerprint: XXH3.Hash128, _ id: SeriesID) {
    stripe(of: fingerprint).tables.withLock { tables in
      if tables.young.count >= youngLimit {
        swap(&tables.old, &tables.young)
        tables.young = SeriesTable()
      }
      tables.young.insert(fingerprint, id.rawValue)
    }
  }

  /// Series in memory. For tests and metrics: walks all stripes.
  package var count: Int {
    stripes.reduce(0) { $0 + $1.tables.withLock { $0.young.count + $0.old.count } }
  }

  private func stripe(of fingerprint: XXH3.Hash128) -> Stripe {
    stripes[Int(fingerprint.high >> 58)]
  }
}

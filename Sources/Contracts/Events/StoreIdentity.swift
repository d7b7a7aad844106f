/// Which event store this is. Tokens, progress and cursors name it, so that those of another store, or of this one before
/// a backup was restored, are refused.
package struct StoreIdentity: Hashable, Sendable, CustomStringConvertible {
  /// The two halves of a UUID.
  package let idHigh: UInt64
  package let idLow: UInt64
  /// Of a new store 1. Restoring a backup raises it, to the seconds since 2026: two restores of one backup have two.
  package let generation: Int32
  /// The number of shards, fixed for ever.
  package let shards: Int

  /// The most shards that a store may have; what bytes from outside claim beyond it is refused.
  package static let shardsLimit = 4_096

  package init(idHigh: UInt64, idLow: UInt64, generation: Int32, shards: Int) {
    self.idHigh = idHigh
    self.idLow = idLow
    self.generation = generation
    self.shards = shards
  }

  /// Whether it is this store, whatever the generation.
  package func isSameStore(as other: StoreIdentity) -> Bool {
    idHigh == other.idHigh && idLow == other.idLow
  }

  package var description: String {
    "store \(UUIDText.text(high: idHigh, low: idLow)) generation \(generation) with \(shards) shards"
  }
}

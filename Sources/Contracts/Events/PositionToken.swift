import ColumnCodec

/// The positions that a write reached, per shard, in one opaque text for clients. Shards that the write did not touch are
/// not in it. docs/event-format.md has the layout.
package struct PositionToken: Hashable, Sendable {
  package let storeHigh: UInt64
  package let storeLow: UInt64
  package let generation: Int32
  /// Ascending by shard, each shard once, positions from 1.
  package let positions: [ShardPosition]

  /// The most characters of a token that is worth looking at: 4,096 shards with the biggest positions.
  package static let textLimit = 64 * 1024

  /// Positions in any order; of a shard given twice the later position counts, position 0 is left out.
  package init(storeHigh: UInt64, storeLow: UInt64, generation: Int32, positions: [ShardPosition]) {
    self.storeHigh = storeHigh
    self.storeLow = storeLow
    self.generation = generation
    self.positions = Self.normalized(positions)
  }

  package init(of store: StoreIdentity, positions: [ShardPosition]) {
    self.init(
      storeHigh: store.idHigh, storeLow: store.idLow, generation: store.generation, positions: positions)
  }

  private static func normalized(_ positions: [ShardPosition]) -> [ShardPosition] {
    if positions.count == 1, positions[0].position > 0 {
      checkShard(positions[0])
      return positions
    }
    var latest: [ShardPosition] = []
    for position in positions.sorted() where position.position > 0 {
      checkShard(position)
      if latest.last?.shard == position.shard { latest.removeLast() }
      latest.append(position)
    }
    return latest
  }

  private static func checkShard(_ position: ShardPosition) {
    precondition(
      (0..<StoreIdentity.shardsLimit).contains(position.shard), "BUG: a token of shard \(position.shard)")
  }

  /// The position of a shard, 0 when the token does not name it.
  package func position(of shard: Int) -> Int64 {
    positions.first { $0.shard == shard }?.position ?? 0
  }

  /// Whether it is of this store, as that is now.
  package func isOf(_ store: StoreIdentity) -> Bool {
    storeHigh == store.idHigh && storeLow == store.idLow && generation == store.generation
      && (positions.last?.shard ?? 0) < store.shards
  }

  /// What has reached both; they must be of one store and generation.
  package func merged(with other: PositionToken) throws(TokenError) -> PositionToken {
    guard storeHigh == other.storeHigh, storeLow == other.storeLow, generation == other.generation else {
      throw .otherStore
    }
    return PositionToken(
      storeHigh: storeHigh, storeLow: storeLow, generation: generation, positions: positions + other.positions)
  }
}

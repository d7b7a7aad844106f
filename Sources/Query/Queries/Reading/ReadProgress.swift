package import Events
import ReadModels

/// How far the read models that answers come from have read: the active builds of Timeline and Catalogue.
package struct ReadProgress: Sendable {
  package let timeline: Build
  package let catalogue: Build

  /// Of the active builds among `builds`.
  /// - Throws: `no-read-model` when one is missing, or when the two are of different stores.
  package init(_ builds: [Build]) throws(QueryError) {
    guard let timeline = builds.first(where: { $0.isActive && $0.projection == TimelineTables.projection }),
      let catalogue = builds.first(where: { $0.isActive && $0.projection == CatalogueTables.projection })
    else {
      throw .unavailable(
        .noReadModel, "there is no read model yet: a projector makes it when it first runs; is one running?")
    }
    guard timeline.store == catalogue.store else {
      throw .unavailable(
        .noReadModel, "the active builds of timeline and catalogue are of different stores: rebuild one of them")
    }
    self.timeline = timeline
    self.catalogue = catalogue
  }

  package var store: StoreIdentity { timeline.store }

  /// What is in every answer that was read here: per shard the position that both builds have reached.
  package var token: PositionToken {
    let positions = reached.enumerated().filter { $0.element > 0 }
      .map { ShardPosition(shard: $0.offset, position: $0.element) }
    return PositionToken(of: store, positions: positions)
  }

  private var reached: [Int64] {
    zip(timeline.positions, catalogue.positions).map { min($0, $1) }
  }

  /// Whether both builds have everything up to `token`.
  /// - Throws: `other-store` or `other-generation` when the token is not of this store as it is now.
  package func hasReached(_ token: PositionToken) throws(QueryError) -> Bool {
    guard token.isOf(store) else {
      throw .foreign(
        "token", high: token.storeHigh, low: token.storeLow, generation: token.generation, store,
        advice: "ask again without after=, or with the token of a later write")
    }
    let reached = reached
    return token.positions.allSatisfy { reached[$0.shard] >= $0.position }
  }

  /// The answer to a request that has waited long enough for `token`.
  package func notReached(_ token: PositionToken) -> QueryError {
    let reached = reached
    let missing = token.positions.filter { reached[$0.shard] < $0.position }
      .map { "shard \($0.shard) is at \(reached[$0.shard]) of \($0.position)" }
    return .notReached(
      "the read models have not reached the position in time (\(missing.joined(separator: ", "))): wait longer, or see "
        + "/v1/status for what holds them up",
      reached: self.token.description)
  }
}

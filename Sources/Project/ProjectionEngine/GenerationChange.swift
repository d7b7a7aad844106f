import EventFeed
package import Postgres
package import ReadStore

/// Brings the read models along when the event store has a new generation.
package enum GenerationChange {
  /// Gives the store's generation to the builds that the log bears out, position by position and hash by hash, and drops
  /// the other builds of this store: the projector makes them anew. Does nothing for builds that are of the generation
  /// already, so it may be run again after a failure. Projectors may be at work: they begin anew.
  /// - Parameters:
  ///   - eventStore: as `daybook_feed`.
  ///   - readStore: as `daybook_projector`.
  package static func adoptBuilds(
    eventStore: PostgresAddress, readStore: PostgresAddress
  ) throws -> ReadStore.Adoption {
    let application = "daybook migrate"
    let feed = try StoreFeed(eventStore, application: application)
    let store = try ReadStore(readStore, application: application)
    return try store.adoptBuilds(of: feed.identity) { _, progress in
      try feed.verify(progress.map { FeedMark(shard: $0.key, position: $0.value.position, hash: $0.value.hash) })
        .isEmpty
    }
  }
}

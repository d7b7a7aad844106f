package import EventFeed
package import Postgres
package import ProjectionKit
package import ReadStore

/// What a projection engine works with.
package struct EngineSettings: Sendable {
  package var eventStore: PostgresAddress
  package var readStore: PostgresAddress
  package var projections: [any Projection]
  /// Shows in `pg_stat_activity`.
  package let application: String
  /// Bounds memory: at most two batches are held, one being applied and one read ahead.
  package var limits = FeedLimits()
  /// Of a decoded batch, about; by one event more at most.
  package var decodedBytesLimit = 64 * 1024 * 1024
  /// How often a shard that somebody else has is tried, and the claims and connections are looked at.
  package var leaseInterval: Duration = .milliseconds(200)
  /// How often the store is asked who it is while a build or a shard is stopped.
  package var identityInterval: Duration = .seconds(5)
  /// How long a shard that cannot be read on is left alone before it is tried again.
  package var retryStopped: Duration = .seconds(30)
  /// How long nothing must have come for what waits for quiet: longer than the pauses of a busy machine, in which a
  /// fold would hold up the samples that come next.
  package var quietTime: Duration = .milliseconds(250)
  /// How long the feed waits for a notification before it looks by itself.
  package var pollInterval: Duration = .milliseconds(200)
  /// The least time between two fetches while events come, unless the first one was full: a commit every
  /// millisecond must not become a flush every millisecond.
  package var fetchInterval: Duration = .milliseconds(20)
  /// Between two rounds of deleting what was left for readers; under load it may take three times as long.
  package var maintenanceInterval: Duration = .seconds(5)
  /// How often it is looked whether the views for people show the active builds.
  package var viewsInterval: Duration = .seconds(10)
  /// Opens the feed, on the thread that reads it.
  package var openFeed: @Sendable () throws(FeedError) -> any Feed
  /// Opens the event store, to ask it who it is.
  package var openStore: @Sendable () throws(FeedError) -> StoreFeed
  /// Opens the claims of a session. `changed` may be called from any thread, and makes the engine look at them at once.
  package var openClaims: @Sendable (_ changed: @escaping @Sendable () -> Void) throws -> any ShardClaims

  /// Reads events straight from the event store, and shares the shards by leases.
  package init(
    eventStore: PostgresAddress, readStore: PostgresAddress, projections: [any Projection],
    application: String = "daybook projector"
  ) {
    self.eventStore = eventStore
    self.readStore = readStore
    self.projections = projections
    self.application = application
    openFeed = { () throws(FeedError) in try StoreFeed(eventStore, application: "daybook projector feed") }
    openStore = { () throws(FeedError) in try StoreFeed(eventStore, application: "daybook projector store") }
    openClaims = { _ in try Leases(readStore, application: "\(application) leases") }
  }
}

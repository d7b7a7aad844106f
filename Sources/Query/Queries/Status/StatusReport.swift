package import EventFeed
package import Events

/// What `GET /v1/status` tells: the builds, and how far they and the relay are behind the event store where that can be
/// seen.
package struct StatusReport: Sendable {
  package struct BuildStatus: Sendable {
    package let build: Build
    /// Per shard; nil when the event store was not asked, or is not the build's.
    package let lag: [FeedLag]?
  }

  /// How far a topic has what the event store has.
  package struct TopicStatus: Sendable {
    package let topic: String
    /// By shard; those that were never sent are left out.
    package let shards: [RelayShard]
    /// Per shard.
    package let lag: [FeedLag]
  }

  /// By projection, then by id.
  package let builds: [BuildStatus]
  /// By name; nil when the event store was not asked, or no relay has ever run.
  package let relay: [TopicStatus]?
  /// The store that they are compared with.
  package let store: StoreIdentity?
  /// Why there is no lag.
  package let lagProblem: String?
}

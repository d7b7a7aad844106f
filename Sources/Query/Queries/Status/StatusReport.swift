package import EventFeed
package import Events

/// What `GET /v1/status` tells: the builds, and how far they are behind the event store where that can be seen.
package struct StatusReport: Sendable {
  package struct BuildStatus: Sendable {
    package let build: Build
    /// Per shard; nil when the event store was not asked, or is not the build's.
    package let lag: [FeedLag]?
  }

  /// By projection, then by id.
  package let builds: [BuildStatus]
  /// The store that the builds are compared with.
  package let store: StoreIdentity?
  /// Why there is no lag.
  package let lagProblem: String?
}

package import EventFeed
package import ProjectionKit

/// What an engine is doing, as of a moment ago.
package struct EngineStatus: Sendable {
  package enum State: Sendable, Hashable {
    /// Not yet begun, or between two tries; why.
    case waiting(String)
    /// Projecting what it holds, or standing by until another projector ends.
    case running
    case stopped
  }

  package struct Shard: Sendable, Hashable {
    package let shard: Int
    /// Of the last event in the rows.
    package let position: Int64
    /// The store's last event, as far as known.
    package let head: Int64
    package var lag: Int64 { max(0, head - position) }

    package init(shard: Int, position: Int64, head: Int64) {
      self.shard = shard
      self.position = position
      self.head = head
    }
  }

  package struct Build: Sendable, Hashable {
    package let id: Int32
    package let projection: String
    package let version: Int
    package let schema: String
    package let isActive: Bool
    /// The shards that this engine projects; the others are another projector's.
    package let shards: [Shard]
    /// Why it has been given up, or stands still.
    package let stopped: String?
    /// This program does not have its version: another one's business.
    package let isOfOtherVersion: Bool
    /// What its fold holds in memory; nil where that is nothing ever.
    package let load: FoldLoad?
    package var lag: Int64 { shards.reduce(0) { $0 + $1.lag } }

    package init(
      id: Int32, projection: String, version: Int, schema: String, isActive: Bool, shards: [Shard], stopped: String?,
      isOfOtherVersion: Bool = false, load: FoldLoad? = nil
    ) {
      self.id = id
      self.projection = projection
      self.version = version
      self.schema = schema
      self.isActive = isActive
      self.shards = shards
      self.stopped = stopped
      self.isOfOtherVersion = isOfOtherVersion
      self.load = load
    }
  }

  package var state: State = .waiting("starting")
  package var builds: [Build] = []
  /// Of the event store; 0 until it was asked.
  package var shards = 0
  /// The shards, of those that this engine projects, that cannot be read on, by shard.
  package var stoppedShards: [FeedFault] = []
  /// Why events do not come at the moment.
  package var feedUnavailable: String?
  /// Age of the oldest event that is not in the rows, in seconds; 0 when there is none.
  package var lagSeconds: Double = 0
  /// Since the engine's thread last showed that it lives. It does that several times a second whether events come or not,
  /// but while it waits for a statement.
  package var silence: Duration = .zero

  package init() {}
}

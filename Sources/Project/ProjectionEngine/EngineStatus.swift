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
  }

  package struct Build: Sendable, Hashable {
    package let id: Int32
    package let projection: String
    package let version: Int
    package let schema: String
    package let isActive: Bool
    /// The shards that this engine projects; the others are another projector's.
    package let shards: [Shard]
    /// Why it has been given up.
    package let stopped: String?
    package var lag: Int64 { shards.reduce(0) { $0 + $1.lag } }
  }

  package var state: State = .waiting("starting")
  package var builds: [Build] = []
  /// Why the event store cannot be read at the moment.
  package var feedUnavailable: String?
  /// Age of the oldest event that is not read, in seconds.
  package var lagSeconds: Double = 0

  package init() {}
}

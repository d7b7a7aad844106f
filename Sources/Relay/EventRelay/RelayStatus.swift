package import EventFeed

/// What a relay is doing, as of a moment ago.
package struct RelayStatus: Sendable {
  package enum State: Sendable, Hashable {
    /// Not yet begun, or between two tries; why.
    case waiting(String)
    /// Sending what it holds, or standing by until another relay ends.
    case running
    case stopped
  }

  package struct Shard: Sendable, Hashable {
    package let shard: Int
    /// Of the last event that is on the topic for certain.
    package let position: Int64
  }

  package var state: State = .waiting("starting")
  package var topic: String
  /// Of the event store; 0 until it was asked.
  package var shards = 0
  /// The shards that this relay sends; the others are another relay's.
  package var held: [Shard] = []
  /// How far the held shards' cursors are behind, as of the last second or two.
  package var lags: [FeedLag] = []
  /// Shards that cannot be gone on with.
  package var stoppedShards: [FeedFault] = []
  /// Why nothing can be sent at the moment.
  package var kafkaUnavailable: String?
  /// When the relay's thread last showed that it lives, monotonic nanoseconds.
  package var aliveAt: UInt64 = 0

  package init(topic: String) { self.topic = topic }

  /// Events of the held shards that are not on the topic.
  package var lagEvents: Int64 { lags.reduce(0) { $0 + $1.events } }

  /// The age of the oldest of them, in seconds.
  package func lagSeconds(at wall: Int64) -> Double { lags.map { $0.seconds(at: wall) }.max() ?? 0 }
}

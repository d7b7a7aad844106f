import EventFeed
import Events

/// Decoded events on their way to the engine.
struct ReaderBatch: Sendable {
  let generation: Int
  /// By shard, then position.
  let events: [DecodedEvent]
  /// The shards that cannot be read on behind their events.
  var faults: [FeedFault] = []
  /// There is certainly more.
  let isFull: Bool

  /// When the oldest of them was recorded, nanoseconds since 1970; nil where there are none.
  var oldestRecordedAt: Int64? { events.lazy.map(\.recordedAt).min() }
}

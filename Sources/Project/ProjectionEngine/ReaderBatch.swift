import Events

/// Decoded events on their way to the engine.
struct ReaderBatch: Sendable {
  let generation: Int
  /// By shard, then position.
  let events: [DecodedEvent]
  /// There is certainly more.
  let isFull: Bool
}

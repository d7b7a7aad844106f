/// What one fetch may hold. A shard that has an event gives at least one, so a fetch is never empty for being too big:
/// it may exceed `bytes` and `samples` by one row per shard, and `events` by the rest of a row of small ones.
package struct FeedLimits: Sendable, Hashable {
  /// Reading 100 events at a time gives 0.56 million events a second, 1,000 give 2.0.
  package var events = 4_096
  /// Of payloads as stored.
  package var bytes = 8 * 1024 * 1024
  /// Decoded, a sample takes 24 bytes.
  package var samples = 1_048_576

  package init() {}

  package init(events: Int, bytes: Int, samples: Int) {
    self.events = events
    self.bytes = bytes
    self.samples = samples
  }
}

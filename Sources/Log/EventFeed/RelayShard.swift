/// How far the relay is with a shard.
package struct RelayShard: Hashable, Sendable {
  package let topic: String
  package let shard: Int
  /// Of the last event that is on the topic for certain; 0: none is.
  package let position: Int64
  /// Why the relay does not go on with it.
  package let problem: String?
}

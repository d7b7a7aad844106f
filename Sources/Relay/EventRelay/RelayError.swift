package import EventFeed

/// Why a relay does not go on, beside what Postgres and Kafka say.
package enum RelayError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A cursor is not what this relay knows: another one has the shard, or it was set back. Nothing was written.
  case fenced(expected: Int, actual: Int)
  case partitions(topic: String, expected: Int, actual: Int)
  /// The connection that holds the locks was closed.
  case locksLost
  case noSuchEvent(shard: Int, position: Int64)
  /// A shard cannot be gone on with.
  case stopped(FeedFault)

  package var description: String {
    switch self {
    case .fenced(let expected, let actual):
      "cannot move the relay's cursors: expected to hold \(expected) shards, actual \(actual): another relay has taken the "
        + "others, or somebody set them back"
    case .partitions(let topic, let expected, let actual):
      "cannot use topic \(topic): expected \(expected) partitions, one a shard, actual \(actual): use another topic "
        + "(--kafka-topic), or delete this one, so that the relay makes it anew, and run daybook relay --republish"
    case .locksLost: "the event store has closed the connection that held the relay's locks"
    case .noSuchEvent(let shard, let position): "the event store has no event \(position) in shard \(shard)"
    case .stopped(let fault): fault.description
    }
  }
}

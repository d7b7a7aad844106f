import EventFeed
import EventTopic
import Events

/// What a topic can hold that no projector goes on behind.
enum TopicFault {
  case otherStore(EventSource, expected: StoreIdentity)
  /// The event's hash does not follow from the one before it.
  case otherHistory
  /// Of this generation of the store, in which it had events that it has no more.
  case earlierLife(Int32)
  /// The topic tells of events that the store does not have.
  case aheadOfStore(head: Int64)

  func fault(shard: Int, position: Int64) -> FeedFault {
    FeedFault(shard: shard, position: position, reason: reason, remedy: remedy)
  }

  private static let anew =
    "delete the topic, run daybook relay --republish, and see that only the relay may write to the topic"

  private var reason: String {
    switch self {
    case .otherStore(let source, let expected):
      "the topic holds events of another store: expected \(expected), actual \(source)"
    case .otherHistory: "the event on the topic does not follow on the one before it: its hash chain is another one"
    case .earlierLife(let generation):
      "the topic holds events of generation \(generation) of the store that are not in it: it was restored from a backup"
    case .aheadOfStore(let head): "the topic tells of events behind the end of the store, which has \(head)"
    }
  }

  private var remedy: String {
    switch self {
    case .otherStore: "give each store a topic of its own (--kafka-topic), and let only its relay write there"
    case .otherHistory, .earlierLife: Self.anew
    case .aheadOfStore:
      "if the event store was restored from a backup, run daybook migrate --restored; then \(Self.anew)"
    }
  }
}

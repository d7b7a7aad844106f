import EventFeed
import Events

/// From where the reader is to read. A new order makes everything read under an older one void.
struct ReaderOrder: Sendable {
  let generation: Int
  let identity: StoreIdentity
  /// Per shard where to start: the least of the builds' positions.
  let marks: [FeedMark]
  /// Where the builds are in shards of which nothing is to be read: only how far they are behind is asked.
  let leftOut: [FeedMark]
  /// What the builds have: all of it must still be in the store.
  let checks: [FeedMark]
}

package import EventFeed
package import Events

/// What could be made of a fetched batch.
package struct DecodedBatch: Sendable {
  package var events: [DecodedEvent] = []
  /// How many records were left for the next time.
  package var left = 0
  /// The shards that the feed cannot read on, as far as all that was before is in `events`.
  package var unreadable: [FeedFault] = []
  /// The shards of which the next record came and cannot be decoded.
  package var undecodable: [FeedFault] = []

  package init() {}
}

import EventFeed

/// What the reader last saw of the store: for status and metrics.
struct ReaderReport: Sendable {
  /// By shard.
  var heads: [Int: Int64] = [:]
  /// Of the reader's own marks, by shard; asked for about once a second.
  var lags: [Int: FeedLag] = [:]
  /// Why the store cannot be read at the moment.
  var unavailable: String?
}

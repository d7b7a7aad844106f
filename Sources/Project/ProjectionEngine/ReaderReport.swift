import EventFeed

/// What the reader last saw of the store: for status and metrics.
struct ReaderReport: Sendable {
  /// The order under which the rest was seen.
  var generation = 0
  /// By shard.
  var heads: [Int: Int64] = [:]
  /// Of the reader's own marks and of the shards that are left out, by shard; asked for about once a second while events
  /// come or shards are left out.
  var lags: [Int: FeedLag] = [:]
  /// The last position that was read, by shard.
  var read: [Int: Int64] = [:]
  /// Why events do not come at the moment.
  var unavailable: String?

  /// When the oldest event was recorded that is not read, as far as known, nanoseconds since 1970; nil where there is none.
  var oldestUnread: Int64? {
    lags.values.filter { lag in
      // What was unread when the store was asked may have been read since.
      (read[lag.shard] ?? 0) < lag.head - lag.events + 1
    }.compactMap(\.oldestRecordedAt).min()
  }
}

package import EventFeed
package import Events

/// Decodes what a fetch gave as far as memory allows. A fetch is bounded by stored bytes, and those of registered series
/// can unpack to fifty times as much (texts stand once in a payload): so the decoded size is bounded too.
package struct BatchDecoder {
  /// Where it begins next time: the shard that was cut short, so that no shard waits for ever behind a busy one.
  private var firstShard = 0

  package init() {}

  /// The decoded events, and how many records were left out. At least one event is decoded; of each shard those that are
  /// decoded are its first ones.
  package mutating func decode(
    _ records: [EventRecord], _ decoder: EventDecoder, bytesLimit: Int
  ) throws(FeedError) -> (events: [DecodedEvent], left: Int) {
    let start = records.firstIndex { $0.shard >= firstShard } ?? 0
    var events: [DecodedEvent] = []
    events.reserveCapacity(records.count)
    var bytes = 0
    for offset in records.indices {
      let record = records[(start + offset) % records.count]
      if bytes >= bytesLimit {
        firstShard = record.shard
        return (events, records.count - offset)
      }
      let event = try decoder.decode(record)
      bytes += event.memorySize
      events.append(event)
    }
    return (events, 0)
  }
}

extension DecodedEvent {
  /// About how many bytes it takes in memory.
  fileprivate var memorySize: Int {
    switch content {
    case .samplesRecorded(_, let samples): 200 + samples.count * 24
    case .metricDescribed: 4_096
    case .seriesRegistered(let entries): entries.reduce(200) { $0 + 80 + $1.key.canonical.count }
    }
  }
}

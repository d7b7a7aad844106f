package import EventFeed
import Events

/// Decodes what a fetch gave as far as memory allows. A fetch is bounded by stored bytes, and those of registered series
/// can unpack to fifty times as much (texts stand once in a payload): so the decoded size is bounded too.
package struct BatchDecoder {
  /// Where it begins next time: the shard that was cut short, so that no shard waits for ever behind a busy one.
  private var firstShard = 0

  package init() {}

  /// At least one record is looked at; of each shard those that are decoded are its first ones. One that cannot be decoded
  /// ends its shard, and no other.
  package mutating func decode(_ batch: FeedBatch, _ decoder: EventDecoder, bytesLimit: Int) -> DecodedBatch {
    let records = batch.records
    let start = records.firstIndex { $0.shard >= firstShard } ?? 0
    var decoded = DecodedBatch()
    decoded.events.reserveCapacity(records.count)
    /// Shards that do not get to their end.
    var cut: Set<Int> = []
    var bytes = 0
    for place in records.indices {
      let index = (start + place) % records.count
      let record = records[index]
      if bytes >= bytesLimit {
        if decoded.left == 0 { firstShard = record.shard }
        decoded.left += 1
        cut.insert(record.shard)
        continue
      }
      if cut.contains(record.shard) { continue }
      let offset = batch.offsets.isEmpty ? -1 : batch.offsets[index]
      do throws(EventError) {
        let event = try decoder.decode(record, offset: offset < 0 ? nil : offset)
        bytes += event.memorySize
        decoded.events.append(event)
      } catch {
        cut.insert(record.shard)
        decoded.undecodable.append(FeedFault(shard: record.shard, position: record.position, .unreadable(error)))
      }
    }
    decoded.unreadable = batch.faults.filter { !cut.contains($0.shard) }
    return decoded
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

import EventFeed
import Events
import Postgres
import Runtime
import TestSupport

/// A feed that is as bad as a feed may be: it sends events again, and leaves some out. It is honest from time to time, so
/// that what is asked for again comes in the end.
final class ManglingFeed: Feed {
  private let real: StoreFeed
  private var random: SeededRandom

  init(_ address: PostgresAddress, seed: UInt64) throws(FeedError) {
    real = try StoreFeed(address, application: "mangling feed")
    random = SeededRandom(seed: seed)
  }

  var identity: StoreIdentity { real.identity }
  var problem: String? { nil }
  func begin(after marks: [FeedMark], checking checks: [FeedMark]) throws(FeedError) -> [FeedFault] {
    try real.begin(after: marks, checking: checks)
  }
  func distrust(shard: Int, position: Int64) -> Bool { real.distrust(shard: shard, position: position) }
  func lag(after marks: [FeedMark]) throws(FeedError) -> [FeedLag] { try real.lag(after: marks) }

  func waitForEvents(timeout: Duration, wake: WakeDescriptor) throws(FeedError) {
    try real.waitForEvents(timeout: timeout, wake: wake)
  }

  func fetch(after marks: [FeedMark], limits: FeedLimits) throws(FeedError) -> FeedBatch {
    var batch = try real.fetch(after: marks, limits: limits)
    // The last event of each shard stays, since the reader goes on behind it.
    let last = Dictionary(batch.records.map { ($0.shard, $0.position) }, uniquingKeysWith: max)
    var mangled: [EventRecord] = []
    for record in batch.records {
      if record.position != last[record.shard], Int.random(in: 0..<50, using: &random) == 0 { continue }
      mangled.append(record)
      if Int.random(in: 0..<10, using: &random) == 0 { mangled.append(record) }
    }
    batch.records = mangled
    return batch
  }
}

import EventFeed
import Events
import Postgres
import Runtime
import Synchronization

/// The store's feed, with events of which some came from elsewhere: those have offsets, and may be damaged there.
final class ChangedFeed: Feed {
  /// What a test decides and sees, of all feeds that an engine opens.
  final class Rules: Sendable {
    struct State: Sendable {
      /// Come without their last byte.
      var damaged: Set<ShardPosition> = []
      /// What is distrusted comes from the store at the next fetch.
      var heals = true
      var problem: String?
      var distrusted: [ShardPosition] = []
      /// The marks of each beginning.
      var begun: [[FeedMark]] = []
    }
    private let state = Mutex(State())
    var now: State { state.withLock { $0 } }
    func change(_ change: (inout State) -> Void) { state.withLock { change(&$0) } }
  }

  /// Of every second event.
  static func offset(_ position: Int64) -> Int64? { position % 2 == 0 ? position * 10 : nil }

  private let real: StoreFeed
  private let rules: Rules

  init(_ address: PostgresAddress, _ rules: Rules) throws(FeedError) {
    real = try StoreFeed(address, application: "changed feed")
    self.rules = rules
  }

  var identity: StoreIdentity { real.identity }
  var problem: String? { rules.now.problem }
  func lag(after marks: [FeedMark]) throws(FeedError) -> [FeedLag] { try real.lag(after: marks) }

  func begin(after marks: [FeedMark], checking checks: [FeedMark]) throws(FeedError) -> [FeedFault] {
    rules.change { $0.begun.append(marks) }
    return try real.begin(after: marks, checking: checks)
  }

  func waitForEvents(timeout: Duration, wake: WakeDescriptor) throws(FeedError) {
    try real.waitForEvents(timeout: timeout, wake: wake)
  }

  func distrust(shard: Int, position: Int64) -> Bool {
    let place = ShardPosition(shard: shard, position: position)
    rules.change {
      $0.distrusted.append(place)
      if $0.heals { $0.damaged.remove(place) }
    }
    return rules.now.heals
  }

  func fetch(after marks: [FeedMark], limits: FeedLimits) throws(FeedError) -> FeedBatch {
    var batch = try real.fetch(after: marks, limits: limits)
    let damaged = rules.now.damaged
    for index in batch.records.indices where damaged.contains(batch.records[index].shardPosition) {
      batch.records[index].payload.removeLast()
    }
    batch.offsets = batch.records.map { Self.offset($0.position) ?? -1 }
    return batch
  }
}

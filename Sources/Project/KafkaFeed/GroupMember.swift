import EventFeed
import EventTopic
import Events
import Kafka
package import Runtime

/// A projector as a member of the consumer group: reads the partitions that the group gives it, ahead of those who fetch,
/// and holds on while a rebalance is under way.
///
/// A thread of its own polls; everything else may be called from any thread. Who may write is not decided here: taking a
/// shard raises its epoch, and every write is fenced by it. What the group says only spares two projectors the same work.
package final class GroupMember: Sendable {
  struct State {
    var isStopping = false
    /// Ours, as the group has it; nil while it is being decided anew, and before it was decided once.
    var assigned: Set<Int>?
    /// The group wants the shards back; and whoever used them writes nothing any more.
    var isRevoking = false
    var isQuiet = false
    /// A session uses the shards, and is told of changes.
    var changed: (@Sendable () -> Void)?
    var store: StoreIdentity?
    var shards: [Int: ShardBuffer] = [:]
    /// The places to read from have changed.
    var isMoved = false
    /// Somebody waits for events.
    var isAwaited = false
    var problem: String?
    /// Kafka's offsets behind what is in the rows, to be told to the group.
    var flushed: [Int: Int64] = [:]

    var bytes: Int { shards.values.reduce(0) { $0 + $1.bytes } }
  }

  let settings: GroupSettings
  let logger: Logger
  let metrics: GroupMetrics
  let state = Monitor(State())
  /// Rung when there is something to fetch, or something has changed.
  let arrivals = WakeDescriptor()

  /// Joins the group as soon as store, brokers and topic are there.
  package init(_ settings: GroupSettings, logger: Logger, metrics registry: MetricsRegistry) {
    self.settings = settings
    self.logger = logger
    metrics = GroupMetrics(registry)
    metrics.register(registry) { [state] in state.withLock { ($0.bytes, $0.assigned?.count ?? 0) } }
  }

  /// Runs until `stop`; blocks its thread.
  package func run() { GroupLoop(self).run() }

  /// Leaves the group. From any thread; does not wait.
  package func stop() {
    state.withLock { $0.isStopping = true }
    state.broadcast()
  }

  var isStopping: Bool { state.withLock { $0.isStopping } }

  /// Why nothing comes at the moment although there may be something.
  var problem: String? { state.withLock { $0.problem } }

  /// What waits to be fetched.
  package var bufferedBytes: Int { state.withLock { $0.bytes } }

  /// Wakes who fetches and who uses the shards. Not with the lock held.
  func ring() {
    arrivals.wake()
    state.withLock { $0.changed }?()
    state.broadcast()
  }
}

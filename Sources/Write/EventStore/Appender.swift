package import Commands
package import Events
package import Postgres
package import Runtime

/// Appends commands to the event log by group commit: what arrives while one transaction commits forms the next one, and
/// each command is answered after the commit that it is in. Any number of appenders, in any number of processes, may
/// write to one store.
///
/// `submit` may be called from any thread and never blocks on the database; it packs what the events will hold on the calling thread.
/// Five threads of its own: one appends, one answers, one answers what has waited for too long, one notifies readers, one
/// deletes what has expired.
package final class Appender: Sendable {
  /// Known series; also what parsers resolve series with.
  package let series: SeriesCache
  package let identity: StoreIdentity

  private let limits: AppenderLimits
  private let queue: CommandQueue
  private let metrics: AppenderMetrics
  private let answers: WorkThread
  private let notifier: CommitNotifier
  private let housekeeping: StoreHousekeeping
  private let watch: AppendWatch
  private let thread: OwnedThread

  /// Starts at once, whether the event store can be reached or not; `identity` is from `StoreIdentity.read(at:)`.
  /// `address` leads to the event store as `daybook_writer`.
  /// - Parameter storeRestored: called once, on a thread of the appender, when the store turns out to be another one than
  ///   `identity`. Nothing is appended from then on: what is known of series and heads belongs to another log, and a new
  ///   process must begin.
  package init(
    _ address: PostgresAddress, identity: StoreIdentity, limits: AppenderLimits = AppenderLimits(),
    timeouts: PostgresTimeouts = .standard, logger: Logger, registry: MetricsRegistry,
    storeRestored: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    let (cache, queue) = (SeriesCache(shards: identity.shards), CommandQueue(limits: limits))
    let (metrics, answers) = (AppenderMetrics(registry), WorkThread("daybook-answer"))
    let notifier = CommitNotifier(address, logger: logger)
    self.identity = identity
    self.limits = limits
    self.queue = queue
    self.metrics = metrics
    self.answers = answers
    self.notifier = notifier
    series = cache
    housekeeping = StoreHousekeeping(address, limits: limits, logger: logger)
    watch = AppendWatch(queue, metrics: metrics)
    AppenderMetrics.watch(queue, limits, cache, registry)
    thread = OwnedThread("daybook-append") {
      // Made here, so that what belongs to the thread never leaves it.
      let append = GroupAppend(
        address, identity: identity, timeouts: timeouts, cache: cache, metrics: metrics, logger: logger)
      let loop = AppendLoop(
        append: append, queue: queue, answers: answers, notifier: notifier, metrics: metrics, logger: logger,
        limits: limits, storeRestored: storeRestored)
      loop.run()
    }
  }

  /// Whether commands are being appended at the moment.
  package var state: AppenderState { queue.availability }

  /// Commands and bytes that wait for their commit.
  package var load: AppenderLoad {
    let load = queue.load
    return AppenderLoad(
      commands: load.commands, commandsLimit: limits.commandsLimit, bytes: load.bytes, bytesLimit: limits.bytesLimit)
  }

  /// Takes a command in. `completion` is called exactly once: on the calling thread when the command is refused at once,
  /// else on `queue`, or a thread of the appender, neither of which it must block. After success the command is on disk.
  /// - Parameter queue: where answers are best given: those of one transaction go there together. Nil: a thread of the
  ///   appender. Whoever had to wait for too long is answered on one in any case.
  package func submit(
    _ command: Command, queue: (any WorkQueue)? = nil,
    completion: @escaping @Sendable (Result<AppendOutcome, AppendError>) -> Void
  ) {
    let pending = PendingCommand(PreparedCommand(command, cache: series), queue: queue, completion: completion)
    guard let refused = self.queue.offer(pending) else { return }
    if case .overloaded = refused { metrics.overloaded.add() } else { metrics.unavailable.add() }
    pending.answer(.failure(refused))
  }

  /// Takes nothing more in, appends and answers what waits (bounded by `AppenderLimits.patience` when the event store is
  /// away), and ends its threads. To be called once.
  package func stop() {
    queue.stop()
    thread.join()
    answers.stop()
    watch.stop()
    notifier.stop()
    housekeeping.stop()
  }
}

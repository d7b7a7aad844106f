package import Postgres
package import Runtime
import Synchronization

/// Answers queries on threads of its own, each query in one snapshot of the read store. The threads that bring the
/// requests never block.
package final class QueryEngine: Sendable {
  package let limits: QueryLimits
  private let logger: Logger
  private let pool: PostgresPool
  private let worker: QueryWorker
  private let queue: JobQueue
  private let watch: ProgressWatch
  private let threads = Mutex<[OwnedThread]>([])

  /// Starts the threads; connections are opened when they are needed.
  /// - Parameter address: the read store, as `daybook_query`.
  package init(_ address: PostgresAddress, limits: QueryLimits, logger: Logger) {
    self.limits = limits
    self.logger = logger
    var timeouts = PostgresTimeouts.standard
    timeouts.statement = limits.timeLimit
    pool = PostgresPool(
      address, application: "daybook query", timeouts: timeouts, settings: ReadSnapshot.sessionSettings,
      limit: limits.workers)
    let caches = ReadCaches(limits)
    let queue = JobQueue(limit: limits.queueLimit)
    self.queue = queue
    watch = ProgressWatch(address, limits: limits, news: caches.news, logger: logger) { job in
      if !queue.add(job) { job.fail(Self.queueIsFull) }
    }
    worker = QueryWorker(pool: pool, watch: watch, limits: limits, caches: caches, logger: logger)
    start()
  }

  private func start() {
    var started = [OwnedThread("progress") { [watch] in watch.run() }]
    for index in 0..<limits.workers {
      started.append(
        OwnedThread("query \(index)") { [queue, worker] in
          while let job = queue.take() { worker.run(job) }
        })
    }
    threads.withLock { $0 = started }
  }

  /// Hands a query over and returns at once. `completion` is called once: on another thread, or on this one when it is
  /// refused at once, or when all that it takes is in memory and little, which saves two threads waking each other.
  /// - Parameters:
  ///   - after: what the answer must have read.
  ///   - selector: the series that `read` will ask for, where that is known: they are read sooner then.
  ///   - read: makes the answer; may be called again when the store's tables changed under it.
  package func submit<Answer>(
    after: AfterCondition?, selector: SeriesSelector? = nil,
    read: @escaping @Sendable (ReadSnapshot) throws(ReadFailure) -> Answer,
    completion: @escaping @Sendable (Result<Answer, QueryError>) -> Void
  ) {
    let job = QueryJob(
      selector: selector, after: after, waitDeadline: MonotonicClock.deadline(after: after?.wait ?? .zero),
      work: .snapshot { (snapshot) throws(ReadFailure) in completion(.success(try read(snapshot))) },
      fail: { completion(.failure($0)) })
    if worker.answerFromMemory(job, .max, costLimit: limits.costAtOnceLimit) { return }
    // A request that has to wait goes to a worker first: most often its position is reached already.
    add(job)
  }

  /// Reads which builds there are and how far they are, active or not. `completion` as of `submit`.
  package func submitBuilds(completion: @escaping @Sendable (Result<[Build], QueryError>) -> Void) {
    add(QueryJob(work: .builds { completion(.success($0)) }, fail: { completion(.failure($0)) }))
  }

  private func add(_ job: QueryJob) {
    if !queue.add(job) { job.fail(Self.queueIsFull) }
  }

  /// Requests in line for a worker, and requests that wait for a position.
  package var load: (queued: Int, waiting: Int) { (queue.count, watch.waitingCount) }

  /// What is kept in memory between queries, about.
  package var kept: (catalogueBytes: Int, tailSamples: Int, rowBytes: Int) {
    let caches = worker.caches
    return (caches.catalogue.bytes, caches.tails.samples, caches.rows.bytes)
  }

  /// Connections to the read store.
  package var connections: (open: Int, lent: Int) { (pool.openCount, pool.lentCount) }

  /// Refuses what waits, answers what is in line, and ends the threads.
  package func stop() {
    watch.stop()
    queue.close()
    let running = threads.withLock { threads in
      defer { threads = [] }
      return threads
    }
    for thread in running { thread.join() }
    pool.close()
  }

  private static let queueIsFull = QueryError.overloaded("too many queries are waiting: try again in a moment")
}

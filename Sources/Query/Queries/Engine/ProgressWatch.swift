import Postgres
import Runtime
import Synchronization

/// Holds the requests that wait for a position and hands them to the workers once the read models have it. It has a thread
/// and a connection of its own, so that waiting takes neither from the workers.
///
/// It also tells `ReadNews` of each notification, so that others know when there is nothing new.
///
/// The projector notifies on `daybook_progress` after each flush; while somebody waits, progress is read then and every
/// `QueryLimits.pollInterval`, because a notification can be lost and polling cannot.
final class ProgressWatch: Sendable {
  private static let channel = "daybook_progress"
  /// With nobody waiting the thread sleeps, and looks up this often.
  private static let idleInterval: Duration = .seconds(30)
  private static let reconnectInterval: Duration = .milliseconds(200)

  private struct State {
    var parked: ParkedJobs
    var isStopping = false
  }

  private let address: PostgresAddress
  private let limits: QueryLimits
  private let news: ReadNews
  private let logger: Logger
  private let wake = WakeDescriptor()
  private let state: Mutex<State>
  private let release: @Sendable (QueryJob) -> Void

  /// - Parameters:
  ///   - news: is told of every notification.
  ///   - release: takes a job whose position is reached; must not block.
  init(
    _ address: PostgresAddress, limits: QueryLimits, news: ReadNews, logger: Logger,
    release: @escaping @Sendable (QueryJob) -> Void
  ) {
    self.address = address
    self.limits = limits
    self.news = news
    self.logger = logger
    self.release = release
    state = Mutex(State(parked: ParkedJobs(limit: limits.waitingLimit)))
  }

  /// From any thread. False when as many as may are waiting, or on the way out.
  func park(_ job: QueryJob) -> Bool {
    let isTaken = state.withLock { state in !state.isStopping && state.parked.add(job) }
    if isTaken { wake.wake() }
    return isTaken
  }

  var waitingCount: Int { state.withLock { $0.parked.jobs.count } }

  /// Ends `run` and refuses all that waits.
  func stop() {
    let left = state.withLock { state in
      state.isStopping = true
      return state.parked.removeAll()
    }
    wake.wake()
    for job in left { job.fail(.unavailable(.unavailable, "the query service is stopping")) }
  }

  /// The thread's body: returns after `stop`.
  func run() {
    var connection: PostgresConnection?
    var isConnected = false
    while !isStopping {
      do throws(PostgresError) {
        if connection == nil { connection = try connect() }
        if let connection {
          if !isConnected { logger.debug("watching progress") }
          isConnected = true
          if waitingCount > 0 { try look(connection) }
          if waitingCount > 0, !isStopping { try look(after: connection) } else { try sleep(connection) }
        }
      } catch {
        connection = nil
        news.stoppedListening()
        if isConnected { logger.warning("progress cannot be watched", ["reason": error.description]) }
        isConnected = false
        giveUpExpired(QueryError(unavailable: error))
        MonotonicClock.sleep(for: Self.reconnectInterval)
      }
    }
  }

  private var isStopping: Bool { state.withLock { $0.isStopping } }

  private func connect() throws(PostgresError) -> PostgresConnection {
    var timeouts = PostgresTimeouts.standard
    timeouts.statement = .seconds(5)
    let connection = try PostgresConnection(address, application: "daybook query progress", timeouts: timeouts)
    try connection.listen(Self.channel)
    news.heard()
    return connection
  }

  /// Waits until something may have changed: a notification, a new request, the poll's time or somebody's deadline.
  private func look(after connection: PostgresConnection) throws(PostgresError) {
    let now = MonotonicClock.now
    var timeout = limits.pollInterval
    if let deadline = state.withLock({ $0.parked.nextDeadline }) {
      timeout = min(timeout, .nanoseconds(Int64(clamping: deadline > now ? deadline - now : 0)))
    }
    try wait(connection, timeout)
  }

  /// Nobody waits: notifications are only taken off the socket.
  private func sleep(_ connection: PostgresConnection) throws(PostgresError) {
    if isStopping { return }
    try wait(connection, Self.idleInterval)
  }

  private func wait(_ connection: PostgresConnection, _ timeout: Duration) throws(PostgresError) {
    let channels = try connection.waitForNotification(timeout: timeout, wake: wake)
    if !channels.isEmpty { news.heard() }
  }

  private func look(_ connection: PostgresConnection) throws(PostgresError) {
    let builds = try BuildList.read(try connection.query(BuildList.active))
    let now = MonotonicClock.now
    let released: ParkedJobs.Release
    do throws(QueryError) {
      let progress = try ReadProgress(builds)
      released = state.withLock { $0.parked.progressed(to: progress, now: now) }
    } catch {
      released = state.withLock { $0.parked.expire(because: error, now: now) }
    }
    for job in released.ready { release(job) }
    for (job, error) in released.failed { job.fail(error) }
  }

  private func giveUpExpired(_ error: QueryError) {
    let released = state.withLock { $0.parked.expire(because: error, now: MonotonicClock.now) }
    for (job, error) in released.failed { job.fail(error) }
  }
}

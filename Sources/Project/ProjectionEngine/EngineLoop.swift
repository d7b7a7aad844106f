import EventFeed
import Events
import Postgres
import ReadStore
import Runtime

/// One session after the other: what to do about each end of one. Confined to the engine's thread.
final class EngineLoop {
  private let settings: EngineSettings
  private let exchange: Exchange
  private let logger: Logger
  private let metrics: EngineMetrics
  private let status: StatusBoard
  private var health = BuildHealth()
  private let stopped: StoppedShards
  /// Whose events the session before this one had.
  private var identity: StoreIdentity?
  private var backoff = Backoff()
  private var generation = 0
  /// What was logged last, and when: a server that is away for an hour is not worth 2,000 lines.
  private var lastLogged = ""
  private var lastLoggedAt: UInt64 = 0
  private var views: ViewsUpkeep

  init(settings: EngineSettings, exchange: Exchange, logger: Logger, metrics: EngineMetrics, status: StatusBoard) {
    self.settings = settings
    self.exchange = exchange
    self.logger = logger
    self.metrics = metrics
    self.status = status
    stopped = StoppedShards(retry: settings.retryStopped, logger: logger)
    views = ViewsUpkeep(interval: settings.viewsInterval, logger: logger)
  }

  /// Returns when the engine is stopping.
  func run() {
    while !exchange.isStopping {
      status.beat()
      var session: EngineSession?
      do {
        let opened = try open()
        session = opened
        try noteIdentity(opened)
        metrics.sessions.add()
        announce(opened)
        try opened.run()
      } catch {
        handle(error)
      }
      if let session { generation = session.lastGeneration }
      exchange.give(nil)
      // Closes the session's connections before the pause: another projector may take over meanwhile.
      session = nil
      exchange.pause(backoff.next())
    }
  }

  private func announce(_ session: EngineSession) {
    logger.info("projecting", ["builds": session.builds.map(\.schema).joined(separator: ",")])
    for build in session.standing {
      logger.warning(
        "build stands still",
        ["build": build.schema, "reason": "this program does not have version \(build.version) of \(build.projection)"])
    }
  }

  private func open() throws -> EngineSession {
    try EngineSession(
      settings: settings, exchange: exchange, metrics: metrics, givenUp: Set(health.stopped.keys),
      stopped: stopped, firstGeneration: generation,
      flushed: { [self] builds in
        for build in builds { health.noteFlush(build.build.id) }
        backoff.reset()
      },
      publish: { [self] session in
        status.beat()
        status.publish(session, health: health)
        views.runIfDue { () throws(PostgresError) in try session.publishViews() }
      })
  }

  /// Builds and shards that were stopped get another chance when the store has become another one: it was restored, and
  /// what they stumbled over may be gone.
  private func noteIdentity(_ session: EngineSession) throws {
    let before = identity
    identity = session.identity
    guard let before, before != session.identity else { return }
    stopped.keep { _ in false }
    if health.stopped.isEmpty { return }
    health.forgive()
    throw FeedError.otherStore(expected: before, actual: session.identity)
  }

  private func handle(_ error: any Error) {
    metrics.failures.add()
    status.waiting(Self.safe(error))
    switch error {
    case let failure as BuildFailure:
      if health.note(failure) {
        logger.error("build stopped", ["build": "\(failure.build)", "reason": "\(failure.cause)"])
      } else {
        warn("projecting failed, trying again", failure.cause)
      }
    default:
      warn("cannot project, trying again", error)
    }
  }

  private func warn(_ message: String, _ error: any Error) {
    let text = "\(error)"
    let now = MonotonicClock.now
    if text == lastLogged, now &- lastLoggedAt < 30_000_000_000 { return }
    lastLogged = text
    lastLoggedAt = now
    logger.warning(message, ["reason": text])
  }

  /// For whoever may ask for the status: without Postgres' own words, which may quote data.
  private static func safe(_ error: any Error) -> String {
    switch error {
    case let error as PostgresError: error.safeDescription
    case FeedError.postgres(let error): error.safeDescription
    case let failure as BuildFailure: safe(failure.cause)
    default: "\(error)"
    }
  }
}

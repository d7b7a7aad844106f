package import Runtime

/// Projects events into all builds of the registered projections, until stopped.
///
/// One engine per process. `run` blocks its thread, which does all applying, flushing and folding; a second thread reads
/// ahead. Several engines may run against one read store: each shard of each build is projected by one of them, the others
/// stand by and take over when it ends.
package final class ProjectionEngine: Sendable {
  private let settings: EngineSettings
  private let logger: Logger
  private let metrics: EngineMetrics
  private let exchange = Exchange()
  private let board = StatusBoard()

  package init(settings: EngineSettings, logger: Logger, metrics registry: MetricsRegistry) {
    self.settings = settings
    self.logger = logger
    metrics = EngineMetrics(registry)
    let board = board
    registry.gauge("daybook_projector_lag_events", "Events that are in the store and not in the rows, of all builds.") {
      Double(board.current.builds.reduce(0) { $0 + $1.lag })
    }
    registry.gauge("daybook_projector_lag_seconds", "Age of the oldest event that is not read.") {
      board.current.lagSeconds
    }
    registry.gauge("daybook_projector_shards", "Shards of builds that this projector holds.") {
      Double(board.current.builds.reduce(0) { $0 + $1.shards.count })
    }
    registry.gauge("daybook_projector_builds_stopped", "Builds that were given up: see the status.") {
      Double(board.current.builds.count { $0.stopped != nil })
    }
  }

  /// Returns after `stop`. Whatever goes wrong with Postgres is waited out; what cannot be is in the status.
  package func run() {
    let (settings, exchange, logger) = (settings, exchange, logger)
    let reader = OwnedThread("feed reader") {
      FeedReader(settings: settings, exchange: exchange, logger: logger).run()
    }
    EngineLoop(settings: settings, exchange: exchange, logger: logger, metrics: metrics, status: board).run()
    exchange.stop()
    reader.join()
    board.stopped()
  }

  /// Ends `run` after the batch at hand. From any thread; does not wait.
  package func stop() { exchange.stop() }

  /// What it was doing a moment ago. From any thread.
  package func status() -> EngineStatus { board.current }
}

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
    let (board, exchange) = (board, exchange)
    EngineGauges.register(registry) { board.current(exchange) }
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
  package func status() -> EngineStatus { board.current(exchange) }
}

package import Runtime
import Kafka
import Postgres
import EventFeed

/// Sends committed events to Kafka, in order per shard and at least once, until stopped.
///
/// One relay per process. `run` blocks its thread, which does all of it; librdkafka's threads do the sending. Several relays
/// may run against one store: each shard is sent by one of them, the others stand by and take over when it ends.
package final class EventRelay: Sendable {
  private let settings: RelaySettings
  private let logger: Logger
  private let metrics: RelayMetrics
  private let board: RelayBoard

  package init(settings: RelaySettings, logger: Logger, metrics registry: MetricsRegistry) {
    self.settings = settings
    self.logger = logger
    let board = RelayBoard(topic: settings.topic.name)
    self.board = board
    metrics = RelayMetrics(registry) { board.status }
  }

  /// Returns after `stop`. Whatever goes wrong is waited out, and in the status.
  package func run() {
    var backoff = Backoff()
    let stops = StoppedShards(retry: settings.retryStopped, logger: logger)
    var lastReason = ""
    while !board.isStopping {
      do {
        // Its connections close when it goes, which gives the locks away: another relay may take over.
        let session = try RelaySession(
          settings: settings, logger: logger, metrics: metrics, board: board, stops: stops)
        backoff.reset()
        try session.run()
      } catch {
        metrics.failures.add()
        let reason = "\(error)"
        if reason != lastReason { logger.warning("cannot relay, trying again", ["reason": reason]) }
        lastReason = reason
        board.publish {
          $0.state = .waiting(Self.safe(error))
          $0.held = []
        }
      }
      if !board.isStopping { board.pause(until: MonotonicClock.deadline(after: backoff.next())) }
    }
    board.publish { $0.state = .stopped }
  }

  /// Ends `run` soon. From any thread; does not wait.
  package func stop() { board.stop() }

  /// What it was doing a moment ago. From any thread.
  package func status() -> RelayStatus { board.status }

  /// For whoever may ask for the status: without Postgres' own words, which may quote data.
  private static func safe(_ error: any Error) -> String {
    switch error {
    case let error as PostgresError: error.safeDescription
    case FeedError.postgres(let error): error.safeDescription
    default: "\(error)"
    }
  }
}

import Postgres
import ReadStore
import Runtime

/// Keeps the views for people on the active builds, whoever made them active. Never a reason to stop projecting: what
/// fails is logged and tried again. Confined to the engine's thread.
struct ViewsUpkeep {
  /// After a reader was in the way: doubled each time, up to `interval`. Each try may cost a tenth of a second.
  private static let firstPause = Duration.seconds(1)

  private let interval: Duration
  private let logger: Logger
  private var due: UInt64 = 0
  private var pause = Self.firstPause
  /// The last thing that was wrong, so that it is said once.
  private var trouble: String?

  init(interval: Duration, logger: Logger) {
    self.interval = interval
    self.logger = logger
  }

  /// Calls `publish` when it is time to.
  mutating func runIfDue(_ publish: () throws(PostgresError) -> ViewsOutcome) {
    guard MonotonicClock.now >= due else { return }
    var wait = interval
    do {
      switch try publish() {
      case .current: trouble = nil
      case .noBuild: break
      case .published(let timeline, let catalogue):
        trouble = nil
        logger.info("views published", ["timeline": timeline, "catalogue": catalogue])
      case .busy:
        wait = min(pause, interval)
        complain("an open transaction holds the views: they still show the build before; trying again")
      }
    } catch {
      complain("cannot publish the views: \(error)")
    }
    pause = trouble == nil ? Self.firstPause : min(pause * 2, interval)
    due = MonotonicClock.deadline(after: wait)
  }

  private mutating func complain(_ text: String) {
    if trouble != text { logger.warning("views not published", ["reason": text]) }
    trouble = text
  }
}

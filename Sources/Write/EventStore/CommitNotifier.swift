import Postgres
import Runtime

/// Tells the readers of the log that something was committed: `NOTIFY daybook_events`, on a connection and a thread of its
/// own, because inside the append's transaction it would make all appends wait for each other (design §4).
///
/// Coalesced: while one is under way any number of commits make one more. Nothing depends on it: readers poll as well.
final class CommitNotifier: Sendable {
  static let channel = "daybook_events"
  /// At most one notification in this time: readers under load have enough to do with what they were told last.
  private static let interval = Duration.milliseconds(5)
  private static let retryInterval = Duration.seconds(1)

  private struct State {
    var isDue = false
    var isStopped = false
  }

  private let monitor: Monitor<State>
  private let thread: OwnedThread

  init(_ address: PostgresAddress, logger: Logger) {
    let monitor = Monitor(State())
    self.monitor = monitor
    thread = OwnedThread("daybook-notify") {
      var connection: PostgresConnection?
      while Self.waitUntilDue(monitor) {
        do {
          let open = try connection ?? PostgresConnection(address, application: "daybook-notify")
          connection = open
          try open.execute("NOTIFY \(Self.channel)")
          Self.pause(Self.interval, monitor)
        } catch {
          connection = nil
          logger.debug("cannot notify readers of the log; they poll", ["reason": "\(error)"])
          Self.pause(Self.retryInterval, monitor)
        }
      }
    }
  }

  /// Never blocks.
  func committed() {
    let wasDue = monitor.withLock { state in
      defer { state.isDue = true }
      return state.isDue
    }
    if !wasDue { monitor.broadcast() }
  }

  func stop() {
    monitor.withLock { $0.isStopped = true }
    monitor.broadcast()
    thread.join()
  }

  /// False once stopped, after what was due has gone out.
  private static func waitUntilDue(_ monitor: Monitor<State>) -> Bool {
    let isDue: Bool? = monitor.wait { state in
      guard state.isDue else { return state.isStopped ? false : nil }
      state.isDue = false
      return true
    }
    return isDue == true
  }

  /// Until `duration` has passed or it is stopped.
  private static func pause(_ duration: Duration, _ monitor: Monitor<State>) {
    _ = monitor.wait(until: MonotonicClock.deadline(after: duration)) { $0.isStopped ? true : nil }
  }
}

import Runtime

/// Cuts connections whose time is over: libmicrohttpd itself only knows a time-out of silence, which a client that sends
/// a byte a second never meets.
final class HTTPDeadlineSweeper: Sendable {
  /// How late a cut may come.
  private static let interval = Duration.milliseconds(100)

  private let stopped = Monitor(false)
  private let thread: OwnedThread

  init(_ dispatcher: HTTPDispatcher, _ logger: Logger) {
    let stopped = stopped
    thread = OwnedThread("http-deadlines") {
      while stopped.wait(until: MonotonicClock.deadline(after: Self.interval), { $0 ? true : nil }) == nil {
        let count = dispatcher.connections.cutLate(MonotonicClock.now)
        guard count > 0 else { continue }
        dispatcher.counters.late.add(count)
        logger.debug("connections cut after their deadline", ["count": "\(count)"])
      }
    }
  }

  /// Waits for the thread. Once.
  func stop() {
    stopped.withLock { $0 = true }
    stopped.broadcast()
    thread.join()
  }
}

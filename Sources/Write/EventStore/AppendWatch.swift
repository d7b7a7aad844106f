import Runtime

/// Answers commands that have waited for too long, whatever the appender's thread is blocked in. One thread.
final class AppendWatch: Sendable {
  private static let interval = Duration.milliseconds(100)

  private let isStopped: Monitor<Bool>
  private let thread: OwnedThread

  init(_ queue: CommandQueue, metrics: AppenderMetrics) {
    let isStopped = Monitor(false)
    self.isStopped = isStopped
    thread = OwnedThread("daybook-watch") {
      while isStopped.wait(until: MonotonicClock.deadline(after: Self.interval), { $0 ? true : nil }) == nil {
        let (commands, error) = queue.expired(now: MonotonicClock.now)
        for command in commands where command.answer(.failure(error)) { metrics.unavailable.add() }
      }
    }
  }

  func stop() {
    isStopped.withLock { $0 = true }
    isStopped.broadcast()
    thread.join()
  }
}

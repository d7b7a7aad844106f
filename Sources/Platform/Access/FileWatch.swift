package import Runtime

/// Loads files again when they change, on a thread of its own. Any thread.
package final class FileWatch: Sendable {
  /// A change is seen after one interval and taken after two: a file that is being written at this moment has settled
  /// by then.
  private static let interval = Duration.milliseconds(250)

  private let stopped = Monitor(false)
  private let thread: OwnedThread

  /// Loads the files at once and throws what that throws; from then on after each change of any of them.
  /// - Parameters:
  ///   - what: for the log: `token file`.
  ///   - load: throws: what was loaded last stays in force, and the log says why. Called on the watch's thread.
  package init<Failure: Error>(
    _ what: String, paths: [String], logger: Logger, load: @escaping @Sendable () throws(Failure) -> Void
  ) throws(Failure) {
    let loaded = paths.map { FileIdentity(path: $0) }
    try load()
    let stopped = stopped
    thread = OwnedThread("file-watch") {
      var (loaded, seen) = (loaded, loaded)
      while stopped.wait(until: MonotonicClock.deadline(after: Self.interval), { $0 ? true : nil }) == nil {
        let now = paths.map { FileIdentity(path: $0) }
        defer { seen = now }
        guard now != loaded, now == seen else { continue }
        loaded = now
        do throws(Failure) {
          try load()
          logger.info("loaded again after a change", ["what": what, "file": paths.joined(separator: " ")])
        } catch {
          logger.error(
            "cannot be loaded after a change: what was loaded before stays in force",
            ["what": what, "reason": "\(error)"])
        }
      }
    }
  }

  deinit { stop() }

  /// Waits for the thread. A second call does nothing.
  package func stop() {
    let isFirst = stopped.withLock { isStopped in
      defer { isStopped = true }
      return !isStopped
    }
    guard isFirst else { return }
    stopped.broadcast()
    thread.join()
  }
}

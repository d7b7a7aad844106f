import CLinux
import Glibc
import Runtime

/// A program that we started, run by a thread of its own that starts it, waits for it and ends with it. The thread is
/// needed: Linux ties "die with your parent" to the parent's thread, so the thread must live as long as the child.
final class ChildProcess: Sendable {
  private let state = Monitor(State())

  private struct State {
    var isStarted = false
    var failure: Int32?
    var processID: pid_t = 0
    var status: String?
  }

  /// - Parameters:
  ///   - arguments: the program's path and its arguments.
  ///   - output: descriptor for its output and errors.
  ///   - dieWithParentSignal: what it gets when our process ends, however that happens.
  init(
    _ arguments: [String], directory: String? = nil, user: ServerUser, output: Int32, dieWithParentSignal: Int32
  ) throws(PostgresClusterError) {
    let state = self.state
    let (uid, gid) = (user.spawnUser, user.spawnGroup)
    _ = OwnedThread("child") {
      Self.run(arguments, directory, uid, gid, output, dieWithParentSignal, state)
    }
    let failure = state.wait { $0.isStarted ? .some($0.failure) : nil }
    if let failure = failure ?? nil {
      throw .system(verb: "start", path: arguments[0], errno: failure)
    }
  }

  /// Nil once it has ended and was waited for: from then on the number may be another's.
  var processID: pid_t? { state.withLock { $0.status == nil ? $0.processID : nil } }

  /// How it ended; nil while it runs.
  var status: String? { state.withLock { $0.status } }

  /// Sends a signal, unless it has ended.
  func signal(_ number: Int32) {
    // Under the lock that `run` records the end with: the number cannot have become another process's.
    state.withLock { state in
      if state.status == nil { _ = Glibc.kill(state.processID, number) }
    }
  }

  /// Waits for its end; nil after the time.
  func waitForExit(_ timeout: Duration) -> String? {
    state.wait(until: MonotonicClock.deadline(after: timeout)) { $0.status }
  }

  private static func run(
    _ arguments: [String], _ directory: String?, _ user: uid_t, _ group: gid_t, _ output: Int32, _ signal: Int32,
    _ state: Monitor<State>
  ) {
    let child = spawn(arguments, directory, user, group, output, signal)
    let failure = child < 0 ? errno : nil
    state.withLock { state in
      state.isStarted = true
      state.failure = failure
      state.processID = child
      if failure != nil { state.status = "not started" }
    }
    state.broadcast()
    if child < 0 { return }
    // WNOWAIT: the process stays a zombie, its number taken, until the state says that it has ended.
    var information = siginfo_t()
    while waitid(P_PID, id_t(child), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
    state.withLock { state in
      var status: Int32 = 0
      let waited = waitpid(child, &status, 0)
      state.status = waited == child ? text(status) : "waited for by somebody else"
    }
    state.broadcast()
  }

  private static func spawn(
    _ arguments: [String], _ directory: String?, _ user: uid_t, _ group: gid_t, _ output: Int32, _ signal: Int32
  ) -> pid_t {
    // Settings of ours in the environment (PGPORT, LANG …) are not the server's.
    let environment = ["PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C", "TZ=UTC"]
    return withCStrings(arguments) { arguments in
      withCStrings(environment) { environment in
        daybook_spawn(arguments, environment, directory, user, group, output, output, signal)
      }
    }
  }

  /// The texts as C wants them, with a null pointer behind the last, which the imported type does not admit.
  private static func withCStrings<Result>(
    _ texts: [String], _ body: (UnsafePointer<UnsafePointer<CChar>>) -> Result
  ) -> Result {
    let copies: [UnsafeMutablePointer<CChar>?] = texts.map { strdup($0) } + [nil]
    defer { copies.forEach { free($0) } }
    return copies.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { preconditionFailure("BUG: an array of one element has no address") }
      return body(base.assumingMemoryBound(to: UnsafePointer<CChar>.self))
    }
  }

  private static func text(_ status: Int32) -> String {
    let signal = status & 0x7F
    return signal == 0 ? "exit status \(status >> 8 & 0xFF)" : "signal \(signal)"
  }
}

import CLinux
import Glibc

/// A program that we started, run by a thread of its own that starts it, waits for it and ends with it. The thread is
/// needed: Linux ties "die with your parent" to the parent's thread, so the thread must live as long as the child.
///
/// May be used from any thread.
package final class ChildProcess: Sendable {
  private let state = Monitor(State())

  private struct State {
    var isStarted = false
    var failure: Int32?
    var processID: pid_t = 0
    var end: ChildEnd?
  }

  /// Starts it. Throws where the kernel does not: no such program, no right to run it.
  package init(_ command: ChildCommand) throws(ChildProcessError) {
    let state = self.state
    _ = OwnedThread("child") { Self.run(command, state) }
    let failure = state.wait { $0.isStarted ? .some($0.failure) : nil }
    if let failure = failure ?? nil { throw ChildProcessError(program: command.program, errno: failure) }
  }

  /// Nil once it has ended and was waited for: from then on the number may be another's.
  package var processID: Int32? { state.withLock { $0.end == nil ? $0.processID : nil } }

  /// How it ended; nil while it runs.
  package var end: ChildEnd? { state.withLock { $0.end } }

  /// Sends a signal, unless it has ended.
  package func signal(_ number: Int32) {
    // Under the lock that `run` records the end with: the number cannot have become another process's.
    state.withLock { state in
      if state.end == nil { _ = Glibc.kill(state.processID, number) }
    }
  }

  /// Waits for its end; nil after the time.
  package func waitForEnd(_ timeout: Duration) -> ChildEnd? {
    state.wait(until: MonotonicClock.deadline(after: timeout)) { $0.end }
  }

  private static func run(_ command: ChildCommand, _ state: Monitor<State>) {
    let child = command.spawn()
    let failure = child < 0 ? errno : nil
    state.withLock { state in
      state.isStarted = true
      state.failure = failure
      state.processID = child
      if failure != nil { state.end = .unknown }
    }
    state.broadcast()
    if child < 0 { return }
    // WNOWAIT: the process stays a zombie, its number taken, until the state says that it has ended.
    var information = siginfo_t()
    while waitid(P_PID, id_t(child), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
    state.withLock { state in
      var status: Int32 = 0
      state.end = waitpid(child, &status, 0) == child ? ChildEnd(status: status) : .unknown
    }
    state.broadcast()
  }
}

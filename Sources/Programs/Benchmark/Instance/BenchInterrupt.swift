import Glibc
import PostgresCluster
import Runtime
import Synchronization

/// Ctrl-C while a benchmark runs: its instance is stopped and removed, then the program ends.
package enum BenchInterrupt {
  private struct Running {
    var processes: [ChildProcess] = []
    var home: String?
    var cleanUp: @Sendable () -> Void = {}
  }

  private static let running = Mutex(Running())

  /// What is to be cleaned up from now on; nil: nothing. `cleanUp` is called when the processes have ended.
  static func watch(home: String?, processes: [ChildProcess], cleanUp: @escaping @Sendable () -> Void = {}) {
    running.withLock { $0 = Running(processes: processes, home: home, cleanUp: cleanUp) }
  }

  /// Waits for the signal on a thread of its own, and ends the program with `exitCode` after `complain` was told. To be
  /// called first thing, before other threads start.
  package static func start(exitCode: Int32, complain: @escaping @Sendable (String) -> Void) {
    let termination = TerminationSignal()
    _ = OwnedThread("bench-interrupt") {
      let signal = termination.wait() ?? ""
      let left = running.withLock { $0 }
      for process in left.processes { process.signal(SIGTERM) }
      for process in left.processes { _ = process.waitForEnd(.seconds(30)) }
      if let home = left.home { remove(home) }
      left.cleanUp()
      complain("\nstopped by \(signal): nothing was measured")
      _exit(exitCode)
    }
  }

  /// Removes an instance whose processes have ended.
  static func remove(_ home: String) {
    _ = PostgresCluster.removeAbandoned(home: home, logger: Logger(program: "bench", level: .error))
    rmdir(home)
  }
}

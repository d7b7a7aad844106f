import Glibc
import PostgresCluster
import Runtime
import Synchronization

/// Ctrl-C while a benchmark runs: its instance is stopped and removed, then the program ends.
enum BenchInterrupt {
  private struct Running {
    var processes: [ChildProcess] = []
    var home: String?
  }

  private static let running = Mutex(Running())

  /// What is to be cleaned up from now on; nil: nothing.
  static func watch(home: String?, processes: [ChildProcess]) {
    running.withLock { $0 = Running(processes: processes, home: home) }
  }

  /// Waits for the signal on a thread of its own. To be called first thing, before other threads start.
  static func start() {
    let termination = TerminationSignal()
    _ = OwnedThread("bench-interrupt") {
      let signal = termination.wait() ?? ""
      let left = running.withLock { $0 }
      for process in left.processes { process.signal(SIGTERM) }
      for process in left.processes { _ = process.waitForEnd(.seconds(30)) }
      if let home = left.home { remove(home) }
      StandardError.write("\nstopped by \(signal): nothing was measured\n")
      _exit(ExitCode.failure)
    }
  }

  /// Removes an instance whose processes have ended.
  static func remove(_ home: String) {
    _ = PostgresCluster.removeAbandoned(home: home, logger: Logger(program: "bench", level: .error))
    rmdir(home)
  }
}

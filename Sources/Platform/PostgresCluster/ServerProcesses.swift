import Glibc
import Runtime

/// The processes of a data folder's Postgres, found in /proc: each of them works in that folder. Used when we hold the
/// home's lock, so that whatever is found was left behind by somebody who is dead.
enum ServerProcesses {
  /// Process numbers, those of a server that works in `data` (a path without symbolic links).
  static func running(in data: String) -> [pid_t] {
    SystemCall.names(in: "/proc").compactMap { pid_t($0) }.filter { isServer($0, in: data) }
  }

  /// A zombie has no working folder any more, so it does not count.
  private static func isServer(_ process: pid_t, in data: String) -> Bool {
    guard SystemCall.readLink("/proc/\(process)/cwd") == data else { return false }
    let program = SystemCall.readLink("/proc/\(process)/exe") ?? ""
    return program.split(separator: "/").last?.hasPrefix("postgres") ?? false
  }

  /// Waits until none is left. Whoever does not end by himself within `patience` is asked to (SIGQUIT: at once, without a
  /// checkpoint), and killed after twice that. Returns false when some stay even so.
  static func waitUntilGone(from data: String, patience: Duration) -> Bool {
    for step in [0, SIGQUIT, SIGKILL] {
      if step != 0 { running(in: data).forEach { _ = kill($0, step) } }
      let deadline = MonotonicClock.deadline(after: patience)
      while MonotonicClock.now < deadline {
        if running(in: data).isEmpty { return true }
        MonotonicClock.sleep(for: .milliseconds(10))
      }
    }
    return running(in: data).isEmpty
  }
}

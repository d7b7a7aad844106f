import CLinux
import Glibc

/// SIGINT and SIGTERM as something to wait for. Make it first thing in main: threads started later inherit the mask, so
/// the signals reach nobody but the one who waits here. SIGPIPE is ignored from then on.
package struct TerminationSignal: Sendable {
  /// Readable once a signal has come: for poll(2) beside other descriptors.
  package let descriptor: Int32

  package init() {
    signal(SIGPIPE, SIG_IGN)
    descriptor = daybook_termination_signalfd()
    precondition(descriptor >= 0, "cannot open a signalfd: errno \(errno)")
  }

  /// As if SIGTERM had come from outside: for a thread that finds that this process must end. From any thread.
  package func request() { kill(getpid(), SIGTERM) }

  /// Waits at most `timeout` (nil: for ever) and returns the signal's name, or nil after the time.
  package func wait(timeout: Duration? = nil) -> String? {
    let deadline = timeout.map { MonotonicClock.deadline(after: $0) }
    while true {
      var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      var milliseconds: Int32 = -1
      if let deadline {
        let now = MonotonicClock.now
        milliseconds = now >= deadline ? 0 : Int32(min(UInt64(Int32.max), (deadline - now + 999_999) / 1_000_000))
      }
      let ready = poll(&entry, 1, milliseconds)
      if ready > 0 {
        let number = daybook_read_signalfd(descriptor)
        guard number > 0 else { continue }
        return number == SIGINT ? "SIGINT" : "SIGTERM"
      }
      if ready == 0 { return nil }
    }
  }
}

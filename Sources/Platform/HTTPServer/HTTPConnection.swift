import Glibc
import Synchronization

/// One open connection: what the sweeper and `stop` need to know of it.
final class HTTPConnection: Sendable {
  private static let never = UInt64.max

  private let descriptor: Int32
  /// Where it is served.
  let context: HTTPThreadContext
  /// What its TLS session points at, kept for as long as the session is there.
  private let credentials: TLSCredentials?
  /// `MonotonicClock` nanoseconds after which the connection is cut.
  private let deadline: Atomic<UInt64>
  /// The request being received, handled or answered.
  private let running = Mutex<HTTPExchange?>(nil)

  init(descriptor: Int32, deadline: UInt64, credentials: TLSCredentials?, _ context: HTTPThreadContext) {
    self.descriptor = descriptor
    self.context = context
    self.credentials = credentials
    self.deadline = Atomic(deadline)
  }

  func setDeadline(_ moment: UInt64) { deadline.store(moment, ordering: .relaxed) }

  /// While the handler works, the time is ours and not the client's.
  func clearDeadline() { deadline.store(Self.never, ordering: .relaxed) }

  var exchange: HTTPExchange? { running.withLock { $0 } }

  func setExchange(_ exchange: HTTPExchange?) { running.withLock { $0 = exchange } }

  /// Ends the connection if its time is over: its thread then sees the end of the stream. The caller holds the lock of
  /// the registry, which is taken to remove this connection before its descriptor is closed: it cannot be another's.
  func cutIfLate(_ now: UInt64) -> Bool {
    guard deadline.load(ordering: .relaxed) < now else { return false }
    cut()
    return true
  }

  /// Ends the connection. The caller holds the lock of the registry, for the same reason.
  func cut() {
    clearDeadline()
    shutdown(descriptor, Int32(SHUT_RDWR))
  }
}

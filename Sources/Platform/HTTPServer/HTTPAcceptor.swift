import CLinux
import Glibc
import Runtime
import Synchronization

/// A thread that takes new connections from the kernel and deals them out, each to the loop that has the fewest. It has nothing
/// else to do, so that nobody waits to be taken in while a loop is busy. While as many connections are open as may be,
/// further ones wait in the kernel's backlog.
final class HTTPAcceptor: Sendable {
  /// How long to wait when the process has no descriptor, or the kernel no memory, for another connection.
  private static let pause = Duration.milliseconds(100)
  /// One line for as many failures as there are in this time.
  private static let loggingInterval = Duration.seconds(10)

  private let listening: Int32
  private let loops: [HTTPLoop]
  private let limit: Int
  private let logger: Logger
  private let wake = WakeDescriptor()
  private let isStopped = Atomic<Bool>(false)
  /// Whether the thread waits for a connection to end.
  private let isFull = Atomic<Bool>(false)
  private let thread = Mutex<OwnedThread?>(nil)

  /// `listening` is the acceptor's from here.
  init(_ listening: Int32, loops: [HTTPLoop], limit: Int, logger: Logger) {
    self.listening = listening
    self.loops = loops
    self.limit = limit
    self.logger = logger
  }

  /// To be called once.
  func start() {
    thread.withLock { $0 = OwnedThread("http-accept") { self.run() } }
  }

  /// Ends the thread and closes the socket: who connects from here on is refused by the kernel, and so is who waits there.
  /// To be called once.
  func stop() {
    isStopped.store(true, ordering: .releasing)
    wake.wake()
    thread.withLock { $0 }?.join()
    close(listening)
  }

  /// There may be room. From any thread.
  func connectionEnded() {
    if isFull.load(ordering: .sequentiallyConsistent) { wake.wake() }
  }

  private func run() {
    var quietUntil: UInt64 = 0
    while !isStopped.load(ordering: .acquiring) {
      // The flag first: a connection that ends after the look at the load sees it and rings.
      isFull.store(true, ordering: .sequentiallyConsistent)
      let hasRoom = load < limit
      if hasRoom { isFull.store(false, ordering: .sequentiallyConsistent) }
      guard wait(listening: hasRoom, milliseconds: -1) else { continue }
      let descriptor = daybook_accept(listening)
      if descriptor >= 0 {
        loops.min { $0.context.load < $1.context.load }?.add(descriptor)
      } else {
        failed(errno, &quietUntil)
      }
    }
  }

  private var load: Int { loops.reduce(0) { $0 + $1.context.load } }

  private func failed(_ error: Int32, _ quietUntil: inout UInt64) {
    switch error {
    // The client has gone before it was taken, or somebody else was quicker, or a signal came.
    case EAGAIN, ECONNABORTED, EINTR, EPROTO, EPERM: return
    default:
      if MonotonicClock.now >= quietUntil {
        logger.warning(
          "cannot take in connections: raise the limit of descriptors (ulimit -n) if this stays",
          ["reason": String(cString: strerror(error))])
        quietUntil = MonotonicClock.deadline(after: Self.loggingInterval)
      }
      _ = wait(listening: false, milliseconds: Int32(Self.pause.nanoseconds / 1_000_000))
    }
  }

  /// Waits for a ring or, if wanted, for a new connection. Whether there is one.
  private func wait(listening isWanted: Bool, milliseconds: Int32) -> Bool {
    // A descriptor below 0 is not looked at.
    var descriptors = [
      pollfd(fd: isWanted ? listening : -1, events: Int16(POLLIN), revents: 0),
      pollfd(fd: wake.descriptor, events: Int16(POLLIN), revents: 0),
    ]
    guard poll(&descriptors, 2, milliseconds) > 0 else { return false }
    if descriptors[1].revents != 0 { wake.clear() }
    return descriptors[0].revents != 0
  }
}

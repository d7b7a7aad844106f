import CLinux
import Glibc
import Runtime
import Synchronization

/// Takes new connections from the kernel and deals them out, each to the loop that has the fewest. While as many are open as
/// may be, further ones wait in the kernel's backlog.
///
/// `@unchecked Sendable`: belongs to the thread of the first loop, but for `connectionClosed`.
final class HTTPAcceptor: @unchecked Sendable {
  /// Connections taken at a time, so that those that are there are not kept waiting.
  private static let roundLimit = 64
  /// How long to wait when the process has no descriptor, or the kernel no memory, for another one.
  private static let pause = Duration.milliseconds(100)

  private let listening: Int32
  private let loops: [HTTPLoop]
  private let limit: Int
  private let logger: Logger
  private var epoll: Int32 = -1
  private var mark: Int32 = 0
  private var isWatching = false
  private var isClosed = false
  /// Whether a connection that ends makes room for one that waits.
  private let isFull = Atomic<Bool>(false)
  /// When to try again after a failure.
  private(set) var continuesAt: UInt64?

  /// `listening` is the acceptor's from here.
  init(_ listening: Int32, loops: [HTTPLoop], limit: Int, logger: Logger) {
    self.listening = listening
    self.loops = loops
    self.limit = limit
    self.logger = logger
  }

  /// Begins. On the thread that `epoll` belongs to, as all that follows.
  func watch(_ epoll: Int32, mark: Int32) {
    self.epoll = epoll
    self.mark = mark
    watch()
  }

  func accept() {
    for _ in 0..<Self.roundLimit {
      if isClosed { return }
      guard load < limit else { return becomeFull() }
      let descriptor = daybook_accept(listening)
      guard descriptor >= 0 else {
        switch errno {
        case EAGAIN: return
        // The client has gone before it was taken, or a signal came: the next one.
        case ECONNABORTED, EINTR, EPROTO, EPERM: continue
        default: return pauseAfter(errno)
        }
      }
      loops.min { $0.context.load.load(ordering: .relaxed) < $1.context.load.load(ordering: .relaxed) }?.add(descriptor)
    }
  }

  /// A connection has ended. From any thread.
  func connectionClosed() {
    guard isFull.load(ordering: .sequentiallyConsistent) else { return }
    loops.first?.mailbox.run { [self] in
      if isFull.exchange(false, ordering: .sequentiallyConsistent) { watch() }
    }
  }

  func continueIfDue(_ now: UInt64) {
    guard let due = continuesAt, now >= due else { return }
    continuesAt = nil
    watch()
  }

  /// Closes the socket: who connects from here on is refused by the kernel, and so is who waits.
  func close() {
    if isClosed { return }
    unwatch()
    isClosed = true
    continuesAt = nil
    Glibc.close(listening)
  }

  private var load: Int { loops.reduce(0) { $0 + $1.context.load.load(ordering: .relaxed) } }

  private func becomeFull() {
    unwatch()
    isFull.store(true, ordering: .sequentiallyConsistent)
    // One that ended just before has told nobody.
    if load < limit { connectionClosed() }
  }

  private func pauseAfter(_ error: Int32) {
    logger.warning(
      "cannot take in a connection: raise the limit of descriptors (ulimit -n) if this stays",
      ["reason": String(cString: strerror(error))])
    unwatch()
    continuesAt = MonotonicClock.deadline(after: Self.pause)
  }

  private func watch() {
    guard !isWatching, !isClosed else { return }
    isWatching = daybook_epoll_watch(epoll, listening, mark, 0, 1) == 0
  }

  private func unwatch() {
    guard isWatching else { return }
    daybook_epoll_unwatch(epoll, listening)
    isWatching = false
  }
}

import CLinux
import CMicroHTTP
import Glibc
import Runtime
import Synchronization

/// A thread that serves some of a server's connections: it waits for all of them at once, has libmicrohttpd read, call the
/// handler and write, and runs what other threads hand to its mailbox in between. Answers that come together so cost one
/// wake-up together.
///
/// `@unchecked Sendable`: the daemon belongs to the loop's thread once that runs. Others only resume its connections,
/// which libmicrohttpd locks.
final class HTTPLoop: @unchecked Sendable {
  /// What a descriptor of `epoll` is.
  private enum Mark: Int32, CaseIterable { case daemon, mailbox }

  let context: HTTPThreadContext
  let mailbox = HTTPMailbox()
  private let daemon: OpaquePointer
  private let epoll: Int32
  private let isEnding = Atomic<Bool>(false)
  private var thread: OwnedThread?

  /// Does not run yet.
  init(_ dispatcher: HTTPDispatcher) throws(HTTPServerError) {
    context = HTTPThreadContext(dispatcher, mailbox: mailbox)
    var settings = HTTPCallbacks.settings(context)
    errno = 0
    guard let daemon = daybook_mhd_start(&settings, nil) else {
      throw .cannotStart(reason: HTTPServerError.libraryReason())
    }
    epoll = daybook_epoll_open()
    guard epoll >= 0, daybook_epoll_watch(epoll, daybook_mhd_epoll(daemon), Mark.daemon.rawValue, 0, 1) == 0,
      daybook_epoll_watch(epoll, mailbox.descriptor, Mark.mailbox.rawValue, 0, 1) == 0
    else {
      let reason = String(cString: strerror(errno))
      MHD_stop_daemon(daemon)
      if epoll >= 0 { close(epoll) }
      throw .cannotStart(reason: reason)
    }
    self.daemon = daemon
  }

  deinit { close(epoll) }

  /// To be called once.
  func start() {
    thread = OwnedThread("http") { self.serve() }
  }

  /// Ends the thread and every connection, none of which may be suspended. Waits for it. To be called once.
  func stop() {
    isEnding.store(true, ordering: .releasing)
    mailbox.run {}
    if let thread { return thread.join() }
    // It never ran.
    mailbox.close()
    MHD_stop_daemon(daemon)
  }

  /// Serves a new connection, whose descriptor is the loop's from here. From any thread.
  func add(_ descriptor: Int32) {
    context.enter()
    mailbox.run { [self] in
      // Counts for itself from its start on. What libmicrohttpd cannot take it closes.
      MHD_add_connection(daemon, descriptor, nil, 0)
      context.leave()
    }
  }

  private func serve() {
    var marks = [Int32](repeating: 0, count: Mark.allCases.count)
    var events = [UInt8](repeating: 0, count: Mark.allCases.count)
    while !isEnding.load(ordering: .acquiring) {
      let count = daybook_epoll_wait(epoll, &marks, &events, Int32(marks.count), timeout)
      for mark in marks[..<max(0, Int(count))] {
        if mark == Mark.mailbox.rawValue { mailbox.work() }
      }
      MHD_run(daemon)
    }
    mailbox.close()
    MHD_stop_daemon(daemon)
  }

  /// Nanoseconds until libmicrohttpd has something to do by itself; below 0: never.
  private var timeout: Int64 {
    var milliseconds: UInt64 = 0
    guard MHD_get_timeout(daemon, &milliseconds) == .YES else { return -1 }
    return Int64(min(milliseconds, 3_600_000)) * 1_000_000
  }
}

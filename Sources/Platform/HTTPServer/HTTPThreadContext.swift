import Synchronization

/// What libmicrohttpd's callbacks are given: the server, and where its connections are served.
final class HTTPThreadContext: Sendable {
  let dispatcher: HTTPDispatcher
  /// Of the loop that serves the connections; nil where libmicrohttpd's own threads do.
  let mailbox: HTTPMailbox?
  private let count = Atomic<Int>(0)

  init(_ dispatcher: HTTPDispatcher, mailbox: HTTPMailbox?) {
    self.dispatcher = dispatcher
    self.mailbox = mailbox
  }

  /// Connections that are open, or handed over to be opened.
  var load: Int { count.load(ordering: .sequentiallyConsistent) }

  func enter() { count.wrappingAdd(1, ordering: .sequentiallyConsistent) }

  func leave() {
    count.wrappingSubtract(1, ordering: .sequentiallyConsistent)
    dispatcher.acceptor.withLock { $0 }?.connectionEnded()
  }
}

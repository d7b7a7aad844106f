import Runtime
import Synchronization

/// Plain HTTP: loops of our own, and a thread that deals the connections out to them.
final class HTTPLoops: HTTPThreads {
  private let loops: [HTTPLoop]
  private let acceptor: HTTPAcceptor
  private let dispatcher: HTTPDispatcher

  /// `listening` is closed by `stopAccepting`, or stays the caller's when this throws.
  init(_ dispatcher: HTTPDispatcher, listening: Int32) throws(HTTPServerError) {
    self.dispatcher = dispatcher
    var loops: [HTTPLoop] = []
    do throws(HTTPServerError) {
      for _ in 0..<max(1, dispatcher.settings.threads) { loops.append(try HTTPLoop(dispatcher)) }
    } catch {
      for loop in loops { loop.stop() }
      throw error
    }
    self.loops = loops
    acceptor = HTTPAcceptor(
      listening, loops: loops, limit: dispatcher.settings.connectionLimit, logger: dispatcher.logger)
    dispatcher.acceptor.withLock { $0 = acceptor }
    for loop in loops { loop.start() }
    acceptor.start()
  }

  func stopAccepting() {
    acceptor.stop()
    dispatcher.acceptor.withLock { $0 = nil }
  }

  func stop() {
    for loop in loops { loop.stop() }
  }
}

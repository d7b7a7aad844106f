import Runtime
import Synchronization

/// Plain HTTP: loops of our own, and an acceptor that deals the connections out to them.
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
    for (index, loop) in loops.enumerated() { loop.start(index == 0 ? acceptor : nil) }
  }

  func stopAccepting() {
    let isDone = Monitor(false)
    loops[0].mailbox.run { [acceptor] in
      acceptor.close()
      isDone.withLock { $0 = true }
      isDone.signal()
    }
    _ = isDone.wait { $0 ? true : nil }
    dispatcher.acceptor.withLock { $0 = nil }
  }

  func stop() {
    for loop in loops { loop.stop() }
  }
}

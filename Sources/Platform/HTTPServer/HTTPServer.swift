import Glibc
package import Runtime
import Synchronization

/// An HTTP/1.1 server on libmicrohttpd: a few threads, whole request bodies, answers from any thread, TLS if wanted.
///
/// The handler is called on a server thread when a request is complete. It must not block; work that takes long is
/// handed to another thread together with the exchange.
package final class HTTPServer: Sendable {
  private enum Phase { case running, stopped }

  /// The port it listens on, also when the settings asked for a free one.
  package let port: UInt16
  package var counters: HTTPCounters { dispatcher.counters }
  /// Bytes of request bodies that are held at this moment.
  package var bytesInFlight: Int { dispatcher.admission.inFlight }
  /// Bytes of answers over 64 KiB that clients have not read yet.
  package var unreadAnswerBytes: Int { dispatcher.answers.bytes }
  /// Connections open at this moment.
  package var connections: Int { dispatcher.connections.count }
  /// Requests under way at this moment.
  package var runningRequests: Int { dispatcher.runningRequests }

  private let threads: any HTTPThreads
  private let dispatcher: HTTPDispatcher
  private let sweeper: HTTPDeadlineSweeper
  private let phase = Mutex(Phase.running)

  /// Throws where no server could listen at `host` and `port`: somebody else does, or the address is not ours. Only a look:
  /// the next moment may change it.
  package static func checkAddress(host: String, port: UInt16) throws(HTTPServerError) {
    close(try ListenSocket(host: host, port: port).descriptor)
  }

  /// Listens and starts. Its counters and gauges are registered in `metrics`.
  package init(
    _ settings: HTTPServerSettings, logger: Logger, metrics: MetricsRegistry = MetricsRegistry(),
    handler: @escaping @Sendable (HTTPExchange) -> Void
  ) throws(HTTPServerError) {
    let listening = try ListenSocket(host: settings.host, port: settings.port)
    let dispatcher = HTTPDispatcher(settings: settings, logger: logger, metrics: metrics, handler: handler)
    do throws(HTTPServerError) {
      threads =
        if let credentials = settings.tls?.current {
          try HTTPLibraryThreads(dispatcher, listening: listening.descriptor, credentials)
        } else {
          try HTTPLoops(dispatcher, listening: listening.descriptor)
        }
    } catch {
      close(listening.descriptor)
      throw error
    }
    self.dispatcher = dispatcher
    port = listening.port
    sweeper = HTTPDeadlineSweeper(dispatcher, logger)
    register(metrics)
    let needed = settings.connectionLimit + Self.otherDescriptors
    let allowed = DescriptorLimit.raise(to: needed)
    if allowed < needed {
      logger.warning(
        "fewer connections than configured can be open: raise the limit of descriptors (ulimit -Hn)",
        ["limit": "\(allowed)", "needed": "\(needed)"])
    }
  }

  /// Descriptors that a program needs besides the server's connections: files, Postgres, pipes.
  private static let otherDescriptors = 256

  deinit { stop() }

  /// Stops accepting, lets requests that are under way finish for at most `drainLimit`, answers the rest with
  /// `stoppingResponse`, closes all connections and returns when the handler will not be called again. Blocks; not to be
  /// called from the handler. A second call does nothing.
  package func stop() {
    let isFirst = phase.withLock { phase in
      defer { phase = .stopped }
      return phase == .running
    }
    guard isFirst else { return }
    threads.stopAccepting()
    dispatcher.drain()
    waitForRequests(dispatcher.settings.drainLimit)
    // libmicrohttpd must not be stopped while a connection is suspended: wake them all, and let none sleep again.
    dispatcher.close()
    for exchange in dispatcher.connections.exchanges { exchange.abandon() }
    waitForRequests(Self.lastAnswersLimit)
    threads.stop()
    sweeper.stop()
  }

  /// The time to send what was answered in the handlers' place.
  private static let lastAnswersLimit = Duration.milliseconds(500)

  private func waitForRequests(_ limit: Duration) {
    let deadline = MonotonicClock.deadline(after: limit)
    while dispatcher.runningRequests > 0, MonotonicClock.now < deadline {
      MonotonicClock.sleep(for: .milliseconds(2))
    }
  }

  private func register(_ metrics: MetricsRegistry) {
    let dispatcher = dispatcher
    let connectionLimit = Double(dispatcher.settings.connectionLimit)
    let bytesLimit = Double(dispatcher.settings.bytesInFlightLimit)
    metrics.gauge("daybook_http_open_connections", "Connections open.") { Double(dispatcher.connections.count) }
    metrics.gauge("daybook_http_open_connections_limit", "Connections that may be open.") { connectionLimit }
    metrics.gauge("daybook_http_running_requests", "Requests under way.") { Double(dispatcher.runningRequests) }
    metrics.gauge("daybook_http_in_flight_body_bytes", "Bytes of request bodies held.") {
      Double(dispatcher.admission.inFlight)
    }
    metrics.gauge("daybook_http_in_flight_body_limit_bytes", "Bytes of request bodies that may be held.") { bytesLimit }
    metrics.gauge("daybook_http_unread_answer_bytes", "Bytes of answers over 64 KiB that clients have not read yet.") {
      Double(dispatcher.answers.bytes)
    }
    let answersLimit = Double(dispatcher.settings.answerBytesLimit)
    metrics.gauge("daybook_http_unread_answer_limit_bytes", "Bytes at which the slowest readers are cut off.") {
      answersLimit
    }
  }
}

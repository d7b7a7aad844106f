import CMicroHTTP
import Runtime
import Synchronization

/// What libmicrohttpd's callbacks talk to: makes exchanges, gives them to the handler, keeps the time.
///
/// Called on the server's threads, many at once.
final class HTTPDispatcher: Sendable {
  /// An answer must be read at this many bytes a second, besides the time that a request has.
  private static let slowestReader = 64 << 10

  /// Characters of a client's text in a log line.
  private static let loggedTextLimit = 200

  let settings: HTTPServerSettings
  let admission: HTTPAdmission
  let answers: HTTPAnswers
  let counters: HTTPCounters
  let connections = HTTPConnections()
  let logger: Logger
  private let handler: @Sendable (HTTPExchange) -> Void
  private let running = Atomic<Int>(0)
  private let draining = Atomic<Bool>(false)
  private let closing = Atomic<Bool>(false)
  /// Who has to know when connections end.
  let acceptor = Mutex<HTTPAcceptor?>(nil)

  init(
    settings: HTTPServerSettings, logger: Logger, metrics: MetricsRegistry,
    handler: @escaping @Sendable (HTTPExchange) -> Void
  ) {
    self.settings = settings
    self.handler = handler
    self.logger = logger
    admission = HTTPAdmission(limit: settings.bytesInFlightLimit)
    answers = HTTPAnswers(limit: settings.answerBytesLimit)
    counters = HTTPCounters(metrics, routeName: settings.routeName)
  }

  /// Requests whose request line has come and that are not completed.
  var runningRequests: Int { running.load(ordering: .acquiring) }

  /// Connections end after the answer under way.
  var isDraining: Bool { draining.load(ordering: .relaxed) }
  func drain() { draining.store(true, ordering: .relaxed) }

  /// Nothing is given to the handler any more, and nothing stays suspended.
  var isClosing: Bool { closing.load(ordering: .sequentiallyConsistent) }
  func close() { closing.store(true, ordering: .sequentiallyConsistent) }

  /// `session`: before the handshake; nil without TLS.
  func connectionStarted(
    descriptor: Int32, session: OpaquePointer?, _ context: HTTPThreadContext
  ) -> HTTPConnection {
    let credentials = settings.tls?.current
    if let session { credentials?.use(for: session) }
    let connection = HTTPConnection(
      descriptor: descriptor, deadline: MonotonicClock.deadline(after: settings.requestDeadline),
      credentials: credentials, context)
    context.enter()
    connections.add(connection)
    counters.connections.add()
    return connection
  }

  func connectionClosed(_ connection: HTTPConnection) {
    connections.remove(connection)
    connection.context.leave()
  }

  func requestStarted(_ target: HTTPTarget, _ handle: OpaquePointer, _ connection: HTTPConnection?) -> HTTPExchange {
    let exchange = HTTPExchange(target: target, handle: handle, connection: connection, dispatcher: self)
    running.wrappingAdd(1, ordering: .acquiringAndReleasing)
    connection?.setExchange(exchange)
    connection?.setDeadline(MonotonicClock.deadline(after: settings.requestDeadline))
    return exchange
  }

  func requestCompleted(_ exchange: HTTPExchange) {
    exchange.complete()
    exchange.connection?.setExchange(nil)
    // The next request line: within the idle time something must come, and then a line is given as long as a request.
    exchange.connection?.setDeadline(MonotonicClock.deadline(after: settings.idleTimeout + settings.requestDeadline))
    running.wrappingSubtract(1, ordering: .acquiringAndReleasing)
  }

  func handle(_ exchange: HTTPExchange) {
    if isClosing {
      exchange.respond(settings.stoppingResponse(exchange.path))
    } else {
      handler(exchange)
    }
  }

  /// A request that was given to the handler is about to be answered. Its query is logged nowhere: it may hold a secret.
  func answered(_ exchange: HTTPExchange, _ response: PreparedResponse, received bytes: Int) {
    counters.requests.answered(
      path: exchange.path, status: response.status, since: exchange.handledAt, received: bytes, sent: response.size)
    guard logger.level <= .debug else { return }
    let duration = Duration.nanoseconds(Int64(clamping: MonotonicClock.now &- exchange.handledAt))
    logger.debug(
      "answered",
      [
        "method": String(exchange.method.prefix(Self.loggedTextLimit)),
        "route": settings.routeName(exchange.path) ?? "other",
        "path": String(exchange.path.prefix(Self.loggedTextLimit)), "status": "\(response.status)",
        "duration": LogText.seconds(duration), "bytes": "\(bytes)",
      ])
  }

  /// `response`, or what is said in its place because there is no room for it.
  func admit(_ response: HTTPResponse, for exchange: HTTPExchange) -> HTTPResponse {
    guard response.body.count > HTTPAnswers.uncountedLimit else { return response }
    let slow = answers.take(response.body.count, for: ObjectIdentifier(exchange), now: MonotonicClock.now)
    guard let slow else {
      counters.overloaded.add()
      return settings.overloadedResponse(exchange.path)
    }
    if !slow.isEmpty { counters.late.add(connections.cut(Set(slow))) }
    return response
  }

  func deadline(forSending bytes: Int) -> UInt64 {
    MonotonicClock.deadline(after: settings.requestDeadline + .seconds(bytes / Self.slowestReader))
  }
}

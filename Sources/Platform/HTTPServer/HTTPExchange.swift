import CMicroHTTP
package import Runtime
import Synchronization

/// One request, and the duty to answer it exactly once, from any thread.
///
/// The handler gets it when the whole body is there. It may answer at once, or keep the exchange, return, and have it
/// answered later: until then the connection sleeps and costs no thread. An exchange that is never answered holds its
/// connection until the server stops.
///
/// `@unchecked Sendable`: `method`, `identity`, `body` and the fields of receiving are written by the connection's thread before the
/// handler is called, and only `respond` and `deinit` change them after; everything that threads share is in `state`.
package final class HTTPExchange: @unchecked Sendable {
  /// As sent: `GET`, `POST`, …
  package internal(set) var method = ""
  /// The path as sent, not decoded: `/v1/metrics/a%2Fb`.
  package let path: String
  /// What follows the question mark, as sent; empty if there is none.
  package let query: String
  /// Who sends the request, as `HTTPServerSettings.admit` said; nil where nobody was asked.
  package internal(set) var identity: String?

  enum Phase: Sendable {
    /// Headers or body are not complete. → refused, handling
    case receiving
    /// The body is read and dropped; this will be the answer. → finished
    case refused(PreparedResponse)
    /// The handler is running, or has kept the exchange but not returned. → answered, suspended
    case handling
    /// The handler has returned without an answer; libmicrohttpd does not look at the connection. → answered
    case suspended
    /// There is an answer that the connection's thread has to queue; the connection is awake or waking. → finished
    case answered(PreparedResponse)
    /// The answer is libmicrohttpd's, or the connection is gone.
    case finished
  }

  /// `@unchecked Sendable`: libmicrohttpd's pointers, used by whoever holds the lock.
  struct State: @unchecked Sendable {
    var phase = Phase.receiving
    /// Valid until the request is completed; nil after that.
    var connection: OpaquePointer?
    /// The server has answered in place of the handler because it stops: what the handler says comes too late.
    var isAbandoned = false
  }

  let state: Mutex<State>
  let dispatcher: HTTPDispatcher
  let connection: HTTPConnection?
  let authority: String?
  var received = HTTPRequestBody()
  /// Content-Length, if there was one.
  var declared: Int?
  var hasHeaders = false
  /// Bytes of a refused body that were dropped.
  var swallowed = 0
  /// When it was given to the handler, by `MonotonicClock`.
  var handledAt: UInt64 = 0

  init(target: HTTPTarget, handle: OpaquePointer, connection: HTTPConnection?, dispatcher: HTTPDispatcher) {
    path = target.path
    query = target.query
    authority = target.authority
    self.connection = connection
    self.dispatcher = dispatcher
    state = Mutex(State(connection: handle))
  }

  deinit { received.free(dispatcher.admission) }

  /// The whole body as sent. Valid until `respond` is called, which frees it.
  package var body: UnsafeRawBufferPointer { received.bytes }

  /// The value of the first header of that name, in whatever case; nil if there is none, or after `respond`.
  /// Each call asks libmicrohttpd's list of headers, which stands still while the exchange is not answered.
  package func header(_ name: String) -> String? {
    state.withLock { state in
      guard let handle = state.connection,
        let value = MHD_lookup_connection_value(handle, .HEADER_KIND, name)
      else { return nil }
      return String(cString: value)
    }
  }

  /// The thread that serves the connection, if it takes work: answers that come together are best given there, by one
  /// work for all of them.
  package var queue: (any WorkQueue)? { connection?.context.mailbox }

  /// The query's items, decoded, in the order sent, duplicates too. Taken apart at each call.
  package func queryItems() -> [(name: String, value: String)] { HTTPQuery.items(query) }

  /// The parts of the path between slashes, decoded one by one. Taken apart at each call.
  package var pathSegments: [String] { HTTPQuery.segments(path) }

  /// Answers, exactly once, from any thread. Frees `body`. Never blocks on the client. If the client has gone away
  /// meanwhile, or the server has stopped, nothing happens.
  package func respond(_ response: HTTPResponse) {
    let bytes = received.bytes.count
    received.free(dispatcher.admission)
    let prepared = PreparedResponse(dispatcher.admit(response, for: self), closing: dispatcher.isDraining)
    let outcome = state.withLock { state in
      // Counted before the client is answered: who has the answer may read the metrics at once.
      if !state.isAbandoned { dispatcher.answered(self, prepared, received: bytes) }
      return state.answer(prepared)
    }
    finish(outcome, prepared)
    if outcome == .late { dispatcher.answers.release(ObjectIdentifier(self)) }
  }

  /// What is left to do after `State.answer`, outside of the lock.
  func finish(_ outcome: State.Outcome, _ response: PreparedResponse) {
    switch outcome {
    case .late: response.discard()
    case .kept: break
    // A loop has to be told; libmicrohttpd's own threads know.
    case .resumed: connection?.context.mailbox?.ring()
    }
  }
}

extension HTTPExchange.State {
  enum Outcome {
    /// Nobody waits for it any more.
    case late
    /// The connection's thread is in the handler, and will find it.
    case kept
    /// The connection was asleep, and its thread has to look at it.
    case resumed
  }

  /// The owner's answer. The connection is woken under the lock, so that it cannot be completed, and its pointer freed,
  /// between the change of phase and the call.
  mutating func answer(_ response: PreparedResponse) -> Outcome {
    if isAbandoned { return .late }
    switch phase {
    case .handling:
      phase = .answered(response)
      return .kept
    case .suspended:
      phase = .answered(response)
      MHD_resume_connection(connection)
      return .resumed
    case .receiving, .refused, .answered, .finished:
      preconditionFailure("BUG: an HTTP exchange is answered twice, or before it was handed out")
    }
  }
}

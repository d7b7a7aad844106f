import Runtime

/// Where a server listens and what it lets a client cost.
package struct HTTPServerSettings: Sendable {
  /// An IPv4 or IPv6 literal (with or without brackets), or `localhost`, which means 127.0.0.1.
  package var host: String
  /// 0: a free one, told by `HTTPServer.port`.
  package var port: UInt16
  /// Threads that read requests and write answers. The handler runs on them too, so it must not block. A connection stays
  /// with its thread; each new one goes to the thread that has the fewest. At least two, so that somebody answers while
  /// one of them is busy with a long body. With TLS at least four, to which connections come as it happens.
  package var threads = min(64, max(2, ProcessorCount.online))
  /// Bytes of one request's body, as sent. More is answered by `tooLargeResponse`.
  package var bodyLimit = 32 << 20
  /// Bytes of a request line with its headers. More is answered by 414 or 431.
  package var headerLimit = 32 << 10
  /// Headers and body of a request must have arrived within this, counted from its request line, else the connection
  /// is cut. A new connection has the same time for its first request line.
  package var requestDeadline = Duration.seconds(30)
  /// A connection on which nothing moves for this long is closed. Whole seconds.
  package var idleTimeout = Duration.seconds(60)
  /// How long `stop` waits for requests that are under way.
  package var drainLimit = Duration.seconds(10)
  /// Open connections; further ones wait in the kernel's backlog.
  package var connectionLimit = 2_000
  /// Bytes of all request bodies being received or handled. A request that would pass it is answered by
  /// `overloadedResponse` before memory is taken for it. Must be at least `bodyLimit` for the largest body to pass.
  package var bytesInFlightLimit = 256 << 20
  /// Bytes of all answers over 64 KiB that clients have not read yet. Where there is no room left, those that have been
  /// reading for longest are cut off; where all began within the last second, a new answer is `overloadedResponse`.
  package var answerBytesLimit = 512 << 20
  /// Bytes of a refused body that are read and dropped so that the client gets to see the answer. What is announced to
  /// be longer is answered at once and cut.
  package var swallowLimit = 64 << 20
  /// HTTPS only. Nil: plain HTTP.
  package var tls: HTTPServerTLS?
  /// Decides on each request when its headers are there, before any of its body is taken. On a server thread, many at
  /// once: must not block.
  package var admit: @Sendable (HTTPRequestHead) -> HTTPAdmissionDecision = { _ in .admit(identity: nil) }
  /// The answer to a body over `bodyLimit`, by path.
  package var tooLargeResponse: @Sendable (_ path: String) -> HTTPResponse = { _ in
    .text(413, "The request body is too large.\n")
  }
  /// The answer to a request over `bytesInFlightLimit`, by path. Should carry `Retry-After`.
  package var overloadedResponse: @Sendable (_ path: String) -> HTTPResponse = { _ in
    .text(503, "Too many bytes are in flight: try again.\n", headers: [("Retry-After", "1")])
  }
  /// The answer to requests that come, or are still running, when `stop` has waited for `drainLimit`.
  package var stoppingResponse: @Sendable (_ path: String) -> HTTPResponse = { _ in
    .text(503, "The server is stopping.\n", headers: [("Retry-After", "1")])
  }

  /// The route that a path belongs to, as it stands in the metrics; nil: no route, all such paths are counted together.
  /// The names are the program's, few, and never a client's words.
  package var routeName: @Sendable (_ path: String) -> String? = { _ in nil }

  package init(host: String, port: UInt16) {
    self.host = host
    self.port = port
  }
}

import CLinux
import Glibc
package import Runtime

/// Sends requests over several connections from one thread, each connection one request at a time: as fast as answers
/// come, or at a rate whatever the answers do.
package struct HTTPLoadGenerator {
  private let addresses: [ListenAddress]
  private let connections: Int

  /// The largest answer that is taken.
  static let answerLimit = 16 << 20
  static let positionHeader = "daybook-position"
  /// How long nothing may come back while something is asked.
  private static let patience: UInt64 = 60_000_000_000

  /// At most `connections` requests are under way at once; connection N goes to address N modulo their number.
  package init(addresses: [ListenAddress], connections: Int) {
    precondition(!addresses.isEmpty && connections > 0, "BUG: a load without address or connection")
    self.addresses = addresses
    self.connections = connections
  }

  package init(address: ListenAddress, connections: Int) {
    self.init(addresses: [address], connections: connections)
  }

  /// Sends `requests` (each a whole HTTP request) and returns when all are answered. `progress` is told the number of
  /// answers now and then.
  package func run(
    _ requests: [[UInt8]], progress: (Int) -> Void = { _ in }
  ) throws(HTTPClientError) -> HTTPLoadOutcome {
    try run(next: { $0 < requests.count ? requests[$0] : nil }, expected: requests.count, progress: progress)
  }

  /// Sends requests as `next` makes them and returns when the last is answered.
  /// - Parameters:
  ///   - next: the bytes of request N, asked for in order; nil: there are no more. It must be quick.
  ///   - answered: called with each answer, in the order they come.
  package func run(
    pace: HTTPLoadPace = .full, next: (Int) -> [UInt8]?, expected: Int = 0,
    answered: (HTTPLoadAnswer) -> Void = { _ in }, progress: (Int) -> Void = { _ in }
  ) throws(HTTPClientError) -> HTTPLoadOutcome {
    let epoll = daybook_epoll_open()
    guard epoll >= 0 else { throw HTTPClientError("cannot wait for sockets: \(String(cString: strerror(errno)))") }
    defer { close(epoll) }
    var open: [HTTPLoadConnection] = []
    defer { open.forEach { close($0.descriptor) } }
    for index in 0..<(expected > 0 ? min(connections, expected) : connections) {
      open.append(HTTPLoadConnection(try connect(epoll, mark: index)))
    }
    var outcome = HTTPLoadOutcome()
    outcome.latencies.reserveCapacity(expected)
    var idle = Array(open.indices.reversed())
    var number = 0
    var isOver = false
    var heardAt = MonotonicClock.now
    let started = heardAt
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 16)
    defer { chunk.deallocate() }
    var marks = [Int32](repeating: 0, count: 64)
    var events = [UInt8](repeating: 0, count: 64)
    while true {
      // Whoever is idle takes what is due; then it is waited for the next that is due, or for an answer.
      var wait: UInt64 = Self.patience
      while !isOver, let index = idle.last {
        let now = MonotonicClock.now
        guard let due = pace.due(number, elapsed: now - started) else {
          isOver = true
          break
        }
        if due > now - started {
          wait = due - (now - started)
          break
        }
        guard let bytes = next(number) else {
          isOver = true
          break
        }
        idle.removeLast()
        open[index].begin(number, bytes, dueAt: started + due)
        number += 1
        try send(&open[index], epoll, mark: index)
      }
      if isOver, idle.count == open.count { break }
      let count = daybook_epoll_wait(epoll, &marks, &events, 64, Int64(wait))
      guard count >= 0 || errno == EINTR else {
        throw HTTPClientError("cannot wait for sockets: \(String(cString: strerror(errno)))")
      }
      let now = MonotonicClock.now
      if count > 0 || idle.count == open.count { heardAt = now }
      guard now - heardAt < Self.patience else {
        throw HTTPClientError("no answer from http://\(addresses[0]) within 60 seconds", kind: .timedOut)
      }
      for event in 0..<Int(max(0, count)) {
        let index = Int(marks[event])
        if events[event] & 2 != 0 { try send(&open[index], epoll, mark: index) }
        guard events[event] & 1 != 0, try receive(&open[index], epoll, mark: index, chunk, &outcome, answered) else {
          continue
        }
        idle.append(index)
        if outcome.latencies.count % 64 == 0 { progress(outcome.latencies.count) }
      }
    }
    progress(outcome.latencies.count)
    outcome.seconds = Double(MonotonicClock.now - started) / 1e9
    for index in open.indices {
      if let position = open[index].lastPosition() { outcome.positions.append(position) }
    }
    return outcome
  }

  private func connect(_ epoll: Int32, mark: Int) throws(HTTPClientError) -> Int32 {
    let descriptor = try TCPConnection.open(addresses[mark % addresses.count], timeout: .seconds(60))
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL, 0) | O_NONBLOCK)
    guard daybook_epoll_watch(epoll, descriptor, Int32(mark), 0, 1) == 0 else {
      let problem = String(cString: strerror(errno))
      close(descriptor)
      throw HTTPClientError("cannot wait for a socket: \(problem)")
    }
    return descriptor
  }

  /// A new connection in place of one that the server closed.
  private func reopen(_ connection: inout HTTPLoadConnection, _ epoll: Int32, mark: Int) throws(HTTPClientError) {
    guard connection.canReopen else {
      throw HTTPClientError("http://\(addresses[mark % addresses.count]) closed a connection under load", kind: .closed)
    }
    let descriptor = try connect(epoll, mark: mark)
    close(connection.descriptor)
    connection.reopen(descriptor)
    if !connection.isIdle { try send(&connection, epoll, mark: mark) }
  }

  private func send(_ connection: inout HTTPLoadConnection, _ epoll: Int32, mark: Int) throws(HTTPClientError) {
    if let problem = connection.send() {
      // What the other side has to say about it, or that it has closed, is found by reading.
      if problem == EPIPE || problem == ECONNRESET { return }
      throw HTTPClientError(
        "cannot send to http://\(addresses[0]): \(String(cString: strerror(problem)))", kind: .closed)
    }
    guard connection.isSending != connection.isWatchingWrites else { return }
    connection.isWatchingWrites = connection.isSending
    _ = daybook_epoll_watch(epoll, connection.descriptor, Int32(mark), connection.isSending ? 1 : 0, 0)
  }

  /// True when the request under way has its answer.
  private func receive(
    _ connection: inout HTTPLoadConnection, _ epoll: Int32, mark: Int, _ chunk: UnsafeMutableRawBufferPointer,
    _ outcome: inout HTTPLoadOutcome, _ answered: (HTTPLoadAnswer) -> Void
  ) throws(HTTPClientError) -> Bool {
    let count = read(connection.descriptor, chunk.baseAddress, chunk.count)
    if count < 0, errno == EAGAIN || errno == EINTR { return false }
    guard count > 0 else {
      try reopen(&connection, epoll, mark: mark)
      return false
    }
    let bytes = UnsafeRawBufferPointer(rebasing: chunk[..<count])
    guard let answer = try connection.take(bytes, at: MonotonicClock.now) else { return false }
    outcome.latencies.append(UInt32(clamping: (answer.answeredAt - answer.dueAt) / 1000))
    outcome.statuses[answer.status, default: 0] += 1
    if answer.status >= 300, outcome.firstProblem == nil { outcome.firstProblem = answer.whole?.text }
    answered(answer)
    if connection.isEnding { try reopen(&connection, epoll, mark: mark) }
    return true
  }

  /// A whole request with `body`.
  package static func request(
    _ method: String, _ target: String, host: ListenAddress, body: [UInt8], type: String? = nil
  ) -> [UInt8] {
    var head = "\(method) \(target) HTTP/1.1\r\nHost: \(host)\r\nContent-Length: \(body.count)\r\n"
    if let type { head += "Content-Type: \(type)\r\n" }
    return Array((head + "\r\n").utf8) + body
  }
}

import Glibc
package import Runtime

/// Sends prepared requests over several connections from one thread, each connection one request at a time, as fast as
/// answers come.
package struct HTTPLoadGenerator {
  private let address: ListenAddress
  private let connections: Int

  /// At most `connections` requests are under way at once.
  package init(address: ListenAddress, connections: Int) {
    self.address = address
    self.connections = connections
  }

  /// What came of it.
  package struct Outcome {
    package var seconds = 0.0
    /// Microseconds from the first byte sent to the last byte received, one per request, in the order of the answers.
    package var latencies: [UInt32] = []
    package var statuses: [Int: Int] = [:]
    /// The `Daybook-Position` of every answer that had one; only the last of each connection is kept.
    package var positions: [String] = []
    package var firstProblem: String?
  }

  private struct Connection {
    var descriptor: Int32
    var request = -1
    var sent = 0
    var startedAt: UInt64 = 0
    var parser = HTTPResponseParser(limit: 16 << 20)
    var position: String?
  }

  /// Sends `requests` (each a whole HTTP request) and returns when all are answered. `progress` is told the number of
  /// answers now and then.
  package func run(_ requests: [[UInt8]], progress: (Int) -> Void = { _ in }) throws(HTTPClientError) -> Outcome {
    var outcome = Outcome()
    outcome.latencies.reserveCapacity(requests.count)
    var open: [Connection] = []
    defer { open.forEach { close($0.descriptor) } }
    for _ in 0..<min(connections, requests.count) {
      let descriptor = try TCPConnection.open(address, timeout: .seconds(60))
      _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL, 0) | O_NONBLOCK)
      open.append(Connection(descriptor: descriptor))
    }
    let started = MonotonicClock.now
    var next = 0
    var answered = 0
    var polls = open.map { pollfd(fd: $0.descriptor, events: 0, revents: 0) }
    for index in open.indices {
      begin(&open[index], next)
      next += 1
      try send(&open[index], requests)
    }
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 16)
    defer { chunk.deallocate() }
    while answered < requests.count {
      for index in open.indices {
        let connection = open[index]
        let busy = connection.request >= 0
        let sending = busy && connection.sent < requests[connection.request].count
        polls[index].fd = busy ? connection.descriptor : -1
        polls[index].events = Int16(sending ? POLLIN | POLLOUT : POLLIN)
      }
      guard poll(&polls, nfds_t(polls.count), 60_000) > 0 else {
        throw HTTPClientError("no answer from http://\(address) within 60 seconds")
      }
      for index in open.indices where polls[index].revents != 0 {
        if polls[index].revents & Int16(POLLOUT) != 0 { try send(&open[index], requests) }
        guard polls[index].revents & Int16(POLLIN | POLLHUP | POLLERR) != 0 else { continue }
        let count = read(open[index].descriptor, chunk.baseAddress, chunk.count)
        if count < 0 && (errno == EAGAIN || errno == EINTR) { continue }
        guard count > 0 else { throw HTTPClientError("http://\(address) closed a connection under load") }
        guard let response = try open[index].parser.take(UnsafeRawBufferPointer(rebasing: chunk[..<count])) else {
          continue
        }
        answered += 1
        outcome.latencies.append(UInt32(clamping: (MonotonicClock.now - open[index].startedAt) / 1000))
        outcome.statuses[response.status, default: 0] += 1
        if response.status >= 300, outcome.firstProblem == nil { outcome.firstProblem = response.text }
        if let position = response.header("daybook-position") { open[index].position = position }
        if answered % 64 == 0 { progress(answered) }
        if next < requests.count {
          begin(&open[index], next)
          next += 1
          try send(&open[index], requests)
        } else {
          open[index].request = -1
        }
      }
    }
    progress(answered)
    outcome.seconds = Double(MonotonicClock.now - started) / 1e9
    outcome.positions = open.compactMap(\.position)
    return outcome
  }

  private func begin(_ connection: inout Connection, _ request: Int) {
    connection.request = request
    connection.sent = 0
    connection.startedAt = MonotonicClock.now
    connection.parser = HTTPResponseParser(limit: 16 << 20)
  }

  private func send(_ connection: inout Connection, _ requests: [[UInt8]]) throws(HTTPClientError) {
    let request = requests[connection.request]
    while connection.sent < request.count {
      let sent = connection.sent
      let count = request.withUnsafeBytes {
        Glibc.send(connection.descriptor, $0.baseAddress! + sent, $0.count - sent, Int32(MSG_NOSIGNAL))
      }
      if count < 0 {
        if errno == EAGAIN || errno == EINTR { return }
        throw HTTPClientError("cannot send to http://\(address): \(String(cString: strerror(errno)))")
      }
      connection.sent += count
    }
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

import Glibc
import Runtime

/// One connection of a load generator and the request that is under way on it. Confined to the generator's thread, which
/// closes the descriptor.
struct HTTPLoadConnection {
  private(set) var descriptor: Int32
  /// -1: none is under way.
  private(set) var request = -1
  private(set) var dueAt: UInt64 = 0
  private(set) var position: String? = nil
  /// Whether room to write is watched for.
  var isWatchingWrites = false
  private var bytes: [UInt8] = []
  private var sent = 0
  /// Set while an answer comes in pieces.
  private var parser: HTTPResponseParser? = nil
  /// The request under way was sent before, on a connection that the server closed.
  private var isRepeated = false
  /// The server closes the connection after the last answer.
  private(set) var isEnding = false
  /// The last answer that was read at a glance: its position is wanted only of the last one.
  private var lastAnswer: [UInt8] = []

  init(_ descriptor: Int32) { self.descriptor = descriptor }

  var isIdle: Bool { request < 0 }
  var isSending: Bool { sent < bytes.count }

  mutating func begin(_ request: Int, _ bytes: [UInt8], dueAt: UInt64) {
    self.request = request
    self.bytes = bytes
    self.dueAt = dueAt
    sent = 0
    isRepeated = false
  }

  /// Whether it can go on with a new connection: servers close what is idle or old, and such a close may meet a request
  /// that has just gone out. That one is sent again, once, unless its answer had begun.
  var canReopen: Bool { isIdle || (parser == nil && !isRepeated) }

  /// The connection was closed and is now `descriptor`; what is under way is to be sent again.
  mutating func reopen(_ descriptor: Int32) {
    self.descriptor = descriptor
    isWatchingWrites = false
    isEnding = false
    isRepeated = !isIdle
    sent = 0
  }

  /// Sends what the socket takes; the number of the error when it takes nothing any more.
  mutating func send() -> Int32? {
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.send(
          descriptor, UnsafeRawBufferPointer(rebasing: $0[sent...]).baseAddress, $0.count - sent, Int32(MSG_NOSIGNAL))
      }
      if count < 0 { return errno == EAGAIN || errno == EINTR ? nil : errno }
      sent += count
    }
    return nil
  }

  /// Takes bytes that came in. The answer to the request under way, once it is whole; the connection is idle then.
  mutating func take(_ chunk: UnsafeRawBufferPointer, at now: UInt64) throws(HTTPClientError) -> HTTPLoadAnswer? {
    guard request >= 0 else { throw HTTPClientError("an answer to no request", kind: .badAnswer) }
    if parser == nil, let status = HTTPQuickAnswer.status(of: chunk) {
      lastAnswer.removeAll(keepingCapacity: true)
      lastAnswer.append(contentsOf: chunk)
      return end(
        HTTPLoadAnswer(request: request, status: status, dueAt: dueAt, answeredAt: now, bytes: chunk, response: nil))
    }
    var parser = self.parser ?? HTTPResponseParser(limit: HTTPLoadGenerator.answerLimit)
    let response = try parser.take(chunk)
    self.parser = parser
    guard let response else { return nil }
    self.parser = nil
    isEnding = !parser.keepsAlive
    lastAnswer.removeAll(keepingCapacity: true)
    if let position = response.header(HTTPLoadGenerator.positionHeader) { self.position = position }
    return end(
      HTTPLoadAnswer(
        request: request, status: response.status, dueAt: dueAt, answeredAt: now, bytes: nil, response: response))
  }

  /// The position of the last answer that had one.
  mutating func lastPosition() -> String? {
    guard !lastAnswer.isEmpty else { return position }
    var parser = HTTPResponseParser(limit: HTTPLoadGenerator.answerLimit)
    let response = try? lastAnswer.withUnsafeBytes { (bytes) throws(HTTPClientError) in try parser.take(bytes) }
    return response?.header(HTTPLoadGenerator.positionHeader) ?? position
  }

  private mutating func end(_ answer: HTTPLoadAnswer) -> HTTPLoadAnswer {
    request = -1
    bytes = []
    sent = 0
    return answer
  }
}

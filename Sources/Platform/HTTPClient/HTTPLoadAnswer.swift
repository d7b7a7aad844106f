/// One answer that a load generator got. Valid only while the closure runs that it is handed to.
package struct HTTPLoadAnswer {
  /// Which request it answers, counted from 0.
  package let request: Int
  package let status: Int
  /// Nanoseconds of `MonotonicClock`: when the request was due (as soon as there was a free connection, where there is no
  /// rate), and when the answer was whole.
  package let dueAt: UInt64
  package let answeredAt: UInt64
  let bytes: UnsafeRawBufferPointer?
  let response: HTTPClientResponse?

  /// All of it, taken apart now.
  package var whole: HTTPClientResponse? {
    if let response { return response }
    guard let bytes else { return nil }
    var parser = HTTPResponseParser(limit: HTTPLoadGenerator.answerLimit)
    return try? parser.take(bytes)
  }
}

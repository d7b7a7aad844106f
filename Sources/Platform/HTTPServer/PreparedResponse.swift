import CMicroHTTP

/// A response in libmicrohttpd's memory, owned until `queue` or `discard` is called.
///
/// The body is copied into it once, on the thread that answers, so that the caller's array is free at once and nothing
/// of Swift's has to live as long as a slow reader needs.
///
/// `@unchecked Sendable`: made on one thread and queued on another; libmicrohttpd locks what both may touch.
struct PreparedResponse: @unchecked Sendable {
  let status: Int
  /// Bytes of the body.
  let size: Int
  private let handle: OpaquePointer

  /// Closing: the connection is to end after this response.
  init(_ response: HTTPResponse, closing: Bool) {
    precondition((200...599).contains(response.status), "BUG: HTTP status \(response.status)")
    var made = Self.make(response.body)
    var status = response.status
    for (name, value) in response.headers where !Self.add(name, value, to: made) {
      // A header that HTTP cannot carry, such as a value with a line break. Leaving it out could mean anything.
      MHD_destroy_response(made)
      made = Self.make([])
      status = 500
      break
    }
    if closing { _ = Self.add("Connection", "close", to: made) }
    handle = made
    self.status = status
    size = response.body.count
  }

  /// Hands the response to the connection. On the connection's thread, inside its handler.
  func queue(on connection: OpaquePointer) -> MHD_Result {
    defer { MHD_destroy_response(handle) }
    return MHD_queue_response(connection, UInt32(status), handle)
  }

  func discard() { MHD_destroy_response(handle) }

  /// Texts are lent to C as they are: the implicit conversion would copy each into an array of its own first.
  private static func add(_ name: String, _ value: String, to response: OpaquePointer) -> Bool {
    name.withCString { name in value.withCString { MHD_add_response_header(response, name, $0) == .YES } }
  }

  private static func make(_ body: [UInt8]) -> OpaquePointer {
    let made = body.withUnsafeBytes {
      MHD_create_response_from_buffer(
        $0.count, UnsafeMutableRawPointer(mutating: $0.baseAddress), .RESPMEM_MUST_COPY)
    }
    guard let made else { preconditionFailure("cannot allocate a response of \(body.count) bytes: out of memory") }
    return made
  }
}

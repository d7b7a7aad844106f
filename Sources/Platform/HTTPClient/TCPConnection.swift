import Glibc
package import Runtime

/// Opening TCP connections.
package enum TCPConnection {
  /// A connected, blocking socket with `TCP_NODELAY` and both time-outs set. The caller closes it.
  package static func open(_ address: ListenAddress, timeout: Duration) throws(HTTPClientError) -> Int32 {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var found: UnsafeMutablePointer<addrinfo>?
    let status = getaddrinfo(address.host, String(address.port), &hints, &found)
    guard status == 0 else {
      throw HTTPClientError(
        "cannot find \(address.host): \(String(cString: gai_strerror(status)))", kind: .unreachable)
    }
    defer { freeaddrinfo(found) }
    var problem: Int32 = 0
    var next = found
    while let entry = next?.pointee {
      next = entry.ai_next
      let descriptor = socket(entry.ai_family, entry.ai_socktype | Int32(SOCK_CLOEXEC.rawValue), entry.ai_protocol)
      guard descriptor >= 0 else {
        problem = errno
        continue
      }
      var time = timeval(
        tv_sec: Int(timeout.nanoseconds / 1_000_000_000), tv_usec: Int(timeout.nanoseconds % 1_000_000_000 / 1000))
      setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
      setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
      var one: Int32 = 1
      setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
      if connect(descriptor, entry.ai_addr, entry.ai_addrlen) == 0 { return descriptor }
      problem = errno
      close(descriptor)
    }
    throw HTTPClientError(
      "cannot reach \(address): \(problem == EAGAIN ? "no answer in time" : String(cString: strerror(problem)))"
        + (problem == ECONNREFUSED ? " (is Daybook running there? Start it with: daybook up)" : ""), kind: .unreachable)
  }
}

import Glibc

/// Ports that nobody listens on.
package enum FreePort {
  /// A port of 127.0.0.1 that was free a moment ago. Another process may take it first.
  package static func find() throws(HTTPClientError) -> UInt16 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        let bound = bind(descriptor, pointer, length)
        return bound == 0 ? getsockname(descriptor, pointer, &length) : bound
      }
    }
    guard status == 0 else { throw HTTPClientError("cannot find a free port: errno \(errno)") }
    return UInt16(bigEndian: address.sin_port)
  }
}

import Glibc

/// A listening TCP socket. Whoever has it closes it.
struct ListenSocket {
  /// Connections that wait to be accepted; the kernel may allow fewer (net.core.somaxconn).
  private static let backlog: Int32 = 1024

  let descriptor: Int32
  /// The port, also when a free one was asked for.
  let port: UInt16

  init(host: String, port: UInt16) throws(HTTPServerError) {
    let address = try SocketAddress(host: host, port: port)
    let made = socket(address.family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
    guard made >= 0 else { throw Self.error(address) }
    var yes: Int32 = 1
    setsockopt(made, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    let bound = address.withPointer { bind(made, $0, $1) }
    guard bound == 0, listen(made, Self.backlog) == 0, let port = Self.boundPort(made) else {
      let failure = Self.error(address)
      close(made)
      throw failure
    }
    descriptor = made
    self.port = port
  }

  private static func error(_ address: SocketAddress) -> HTTPServerError {
    let number = errno
    let advice =
      switch number {
      case EADDRINUSE: "stop the program that listens there, or choose another port (0 takes a free one)"
      case EACCES: "ports below 1024 need root: choose a higher one"
      case EADDRNOTAVAIL: "no interface of this machine has that address"
      default: "choose another address"
      }
    let reason = number == EADDRINUSE ? "address already in use" : String(cString: strerror(number))
    return .cannotListen(address: address.text, reason: reason, advice: advice)
  }

  private static func boundPort(_ descriptor: Int32) -> UInt16? {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    return withUnsafeMutablePointer(to: &storage) { pointer in
      let status = pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
      guard status == 0 else { return nil }
      // The port lies at the same place in sockaddr_in and sockaddr_in6.
      return pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { UInt16(bigEndian: $0.pointee.sin_port) }
    }
  }
}

import Glibc

/// An IPv4 or IPv6 address with a port.
struct SocketAddress {
  let family: Int32
  /// As people write it: `127.0.0.1:8080`, `[::1]:8080`.
  let text: String
  private var storage = sockaddr_storage()
  private let length: socklen_t

  init(host: String, port: UInt16) throws(HTTPServerError) {
    var literal = host == "localhost" ? "127.0.0.1" : host
    if literal.hasPrefix("["), literal.hasSuffix("]") { literal = String(literal.dropFirst().dropLast()) }
    var four = sockaddr_in()
    var six = sockaddr_in6()
    if inet_pton(AF_INET, literal, &four.sin_addr) == 1 {
      four.sin_family = sa_family_t(AF_INET)
      four.sin_port = port.bigEndian
      family = AF_INET
      text = "\(literal):\(port)"
      length = socklen_t(MemoryLayout<sockaddr_in>.size)
      withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: four, as: sockaddr_in.self) }
    } else if inet_pton(AF_INET6, literal, &six.sin6_addr) == 1 {
      six.sin6_family = sa_family_t(AF_INET6)
      six.sin6_port = port.bigEndian
      family = AF_INET6
      text = "[\(literal)]:\(port)"
      length = socklen_t(MemoryLayout<sockaddr_in6>.size)
      withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: six, as: sockaddr_in6.self) }
    } else {
      throw .cannotListen(
        address: "\(host):\(port)", reason: "\(host) is no IPv4 or IPv6 address",
        advice: "give one such as 127.0.0.1, [::1] or 0.0.0.0")
    }
  }

  func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    withUnsafePointer(to: storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
    }
  }
}

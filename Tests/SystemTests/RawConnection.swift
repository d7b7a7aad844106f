import Glibc
import Runtime

/// One TCP connection to a service on loopback, for clients that behave badly.
final class RawConnection {
  private let descriptor: Int32

  /// `receiveBuffer`: bytes that the kernel may hold for it.
  init(_ address: ListenAddress, receiveBuffer: Int32? = nil) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    if var size = receiveBuffer {
      setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
    }
    var limit = timeval(tv_sec: 30, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_port = address.port.bigEndian
    name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let status = withUnsafePointer(to: name) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard status == 0 else { throw SystemTestError("cannot connect to \(address): errno \(errno)") }
  }

  deinit { close(descriptor) }

  func send(_ bytes: [UInt8]) throws {
    guard Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
      throw SystemTestError("cannot send: errno \(errno)")
    }
  }

  /// One of the bytes each `interval`. True: the server ended the connection before they, or `limit`, were over.
  func dribble(_ bytes: [UInt8], every interval: Duration, upTo limit: Duration) -> Bool {
    let deadline = MonotonicClock.deadline(after: limit)
    for byte in bytes where MonotonicClock.now < deadline {
      if Glibc.send(descriptor, [byte], 1, Int32(MSG_NOSIGNAL)) != 1 { return true }
      MonotonicClock.sleep(for: interval)
    }
    return false
  }

  /// Reads one byte; false at the end.
  func readByte() -> Bool {
    var byte: UInt8 = 0
    return recv(descriptor, &byte, 1, 0) == 1
  }

  /// Whether the server ends it, having said nothing.
  func isClosed(within limit: Duration) -> Bool {
    let start = MonotonicClock.now
    var byte: UInt8 = 0
    let count = recv(descriptor, &byte, 1, 0)
    return count <= 0 && errno != EAGAIN && MonotonicClock.now - start < UInt64(limit.nanoseconds)
  }
}

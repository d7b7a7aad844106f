import Glibc

/// A datagram socket as systemd listens on for `Type=notify`.
package final class NotifySocket {
  private let descriptor: Int32

  /// - Parameter name: a path, or a name of the kernel's list that begins with @.
  package init(_ name: String) throws {
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    var bytes = Array(name.utf8)
    if bytes.first == UInt8(ascii: "@") { bytes[0] = 0 }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    let length = socklen_t(2 + bytes.count)
    let bound = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
    }
    guard descriptor >= 0, bound == 0 else {
      throw WaitTimeout(what: "a socket at \(name): errno \(errno)", deadline: .zero)
    }
    // Whoever it is that runs the program under test may write to it.
    if name.hasPrefix("/") { chmod(name, 0o777) }
  }

  deinit { close(descriptor) }

  /// The next message; nil when none comes within the time.
  package func receive(_ timeout: Duration = .seconds(5)) -> String? {
    var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&entry, 1, Int32(timeout.components.seconds * 1000)) == 1 else { return nil }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = recv(descriptor, &bytes, bytes.count, 0)
    return count < 0 ? nil : String(decoding: bytes.prefix(count), as: UTF8.self)
  }
}

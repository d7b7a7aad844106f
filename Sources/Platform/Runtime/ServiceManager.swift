import Glibc

/// Tells the service manager that started this process how it is: systemd's protocol of `Type=notify`, sd_notify(3), by
/// hand, because a datagram to a socket is all that it is.
///
/// Nothing of it ever fails loudly or blocks: a manager that does not listen changes nothing.
package struct ServiceManager: Sendable {
  /// What systemd calls the variable that names the socket. Children must not have it: they would speak for their parent.
  package static let variable = "NOTIFY_SOCKET"

  private let socket: String

  /// Nil where no service manager asked to be told.
  package init?(environment: (String) -> String? = ProgramOptions.processEnvironment) {
    // A path, or a name without one in the kernel's list, which is written with an @ in place of the zero byte.
    guard let name = environment(Self.variable), name.hasPrefix("/") || name.hasPrefix("@"),
      (2..<Self.pathLimit).contains(name.utf8.count)
    else { return nil }
    socket = name
  }

  /// Bytes of `sun_path`.
  private static let pathLimit = 108

  /// All of it runs, and requests are answered.
  package func ready(_ status: String) { send("READY=1\nSTATUS=\(Self.line(status))") }

  /// It is on its way out.
  package func stopping() { send("STOPPING=1\nSTATUS=stopping") }

  /// One line for `systemctl status`.
  package func status(_ text: String) { send("STATUS=\(Self.line(text))") }

  private static func line(_ text: String) -> String {
    String(text.map { $0.isNewline ? " " : $0 })
  }

  private func send(_ message: String) {
    let descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    var name = Array(socket.utf8)
    if name[0] == UInt8(ascii: "@") { name[0] = 0 }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
    let length = socklen_t(MemoryLayout.offset(of: \sockaddr_un.sun_path) ?? 2) + socklen_t(name.count)
    let bytes = Array(message.utf8)
    withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = sendto(
          descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT), $0, length)
      }
    }
  }
}

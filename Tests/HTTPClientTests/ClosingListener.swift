import Glibc
import HTTPClient
import Runtime

/// Takes connections, waits for a request on each, and closes it without an answer.
final class ClosingListener {
  let address: ListenAddress
  private let descriptor: Int32
  private let thread: OwnedThread

  init() throws {
    let port = try FreePort.find()
    address = ListenAddress(host: "127.0.0.1", port: port)
    let listening = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_port = port.bigEndian
    name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let status = withUnsafePointer(to: &name) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listening, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard status == 0, listen(listening, 8) == 0 else { throw HTTPClientError("cannot listen: errno \(errno)") }
    descriptor = listening
    thread = OwnedThread("closing") {
      var bytes = [UInt8](repeating: 0, count: 4096)
      while true {
        let connection = accept(listening, nil, nil)
        guard connection >= 0 else { return }
        _ = read(connection, &bytes, bytes.count)
        close(connection)
      }
    }
  }

  func stop() {
    shutdown(descriptor, Int32(SHUT_RDWR))
    thread.join()
    close(descriptor)
  }
}

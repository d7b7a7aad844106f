import Foundation
import HTTPClient
import Runtime
import TestSupport

/// An authority, a certificate of its, and `openssl s_server` with that certificate.
final class TLSScene {
  let authority: TLSTrust
  private let folder: TemporaryFolder
  private let server = Process()
  private let port: UInt16

  /// `names`: the certificate's subjectAltName.
  init(names: String, options: [String] = []) throws {
    folder = TemporaryFolder()
    let path = folder.path
    port = try FreePort.find()
    try Self.openssl(
      "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=authority -keyout \(path)/ca.key -out \(path)/ca.pem")
    try Self.openssl("req -newkey rsa:2048 -nodes -subj /CN=server -keyout \(path)/key.pem -out \(path)/request.pem")
    try Data("subjectAltName=\(names)\n".utf8).write(to: URL(fileURLWithPath: path + "/names"))
    try Self.openssl(
      "x509 -req -in \(path)/request.pem -CA \(path)/ca.pem -CAkey \(path)/ca.key -CAcreateserial -days 2"
        + " -extfile \(path)/names -out \(path)/cert.pem")
    authority = try TLSTrust(certificates: path + "/ca.pem")
    server.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
    server.arguments =
      ["s_server", "-www", "-accept", "127.0.0.1:\(port)", "-cert", path + "/cert.pem", "-key", path + "/key.pem"]
      + options
    server.standardOutput = FileHandle.nullDevice
    server.standardError = FileHandle.nullDevice
    try server.run()
    try waitUntil("openssl s_server listens") {
      guard server.isRunning else { throw HTTPClientError("openssl s_server ended") }
      guard let descriptor = try? TCPConnection.open(address("127.0.0.1"), timeout: .seconds(1)) else { return false }
      close(descriptor)
      return true
    }
  }

  func client(_ host: String, trust: TLSTrust?) -> HTTPClient {
    HTTPClient(HTTPEndpoint(address(host), isSecure: true), trust: trust, timeout: .seconds(10))
  }

  func stop() {
    // It does not end with SIGTERM while a connection is open.
    kill(server.processIdentifier, SIGKILL)
    server.waitUntilExit()
  }

  private func address(_ host: String) -> ListenAddress { ListenAddress(host: host, port: port) }

  private static func openssl(_ arguments: String) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
    process.arguments = arguments.split(separator: " ").map(String.init)
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw HTTPClientError("openssl \(arguments) failed") }
  }
}

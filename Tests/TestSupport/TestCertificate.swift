import Foundation

/// A self-signed certificate for localhost and 127.0.0.1 with its key, made by Debian's openssl.
package struct TestCertificate {
  /// Paths of PEM files.
  package let certificate: String
  package let key: String

  /// Makes `NAME.pem` and `NAME.key` in `folder`.
  package init(_ name: String, in folder: String) throws {
    certificate = "\(folder)/\(name).pem"
    key = "\(folder)/\(name).key"
    let openssl = Process()
    openssl.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
    openssl.arguments = [
      "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj",
      "/CN=\(name)", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", certificate,
    ]
    openssl.standardError = FileHandle.nullDevice
    try openssl.run()
    openssl.waitUntilExit()
    guard openssl.terminationStatus == 0, chmod(key, 0o600) == 0 else { throw CocoaError(.fileWriteUnknown) }
  }

  package func bytes(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path))) }
}

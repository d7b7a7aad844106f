import Foundation
import Glibc
import HTTPClient
import Runtime
import TestSupport
import Testing

/// `daybook send` over https, to a service that asks for tokens.
struct SendSecurelyTests {
  private let folder = TemporaryFolder()

  @Test func aTokenThatMayWriteIsLetInOverHTTPSAndLeavesNoTrace() throws {
    let daybook = try RunningDaybook()
    defer { daybook.stop() }
    try openssl(
      "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost"
        + " -keyout \(folder.path)/key.pem -out \(folder.path)/cert.pem")
    chmod(folder.path + "/key.pem", 0o600)
    let (reader, writer) = (try token("reader", "--read"), try token("writer", "--write"))
    let address = ListenAddress(host: "localhost", port: try FreePort.find())
    let service = try daybook.startProgram(
      ["command"],
      settings: [
        "DAYBOOK_COMMAND_LISTEN": "127.0.0.1:\(address.port)", "DAYBOOK_TOKENS": folder.path + "/tokens",
        "DAYBOOK_TLS_CERT": folder.path + "/cert.pem", "DAYBOOK_TLS_KEY": folder.path + "/key.pem",
      ])
    defer {
      kill(service, SIGTERM)
      var status: Int32 = 0
      waitpid(service, &status, 0)
    }
    let endpoint = HTTPEndpoint(address, isSecure: true)
    let trust = try TLSTrust(certificates: folder.path + "/cert.pem")
    try waitUntil("the secure service is ready") {
      (try? HTTPClient(endpoint, trust: trust, timeout: .seconds(2)).send("GET", "/readyz"))?.status == 200
    }

    let lines = (0..<20_000).map { "secure value=\($0) \(1_600_000_000 + $0)\n" }.joined()
    let path = folder.path + "/input"
    try lines.write(toFile: path, atomically: true, encoding: .utf8)
    let arguments = ["--line", path, "--precision", "s", "--url", "\(endpoint)", "--ca", folder.path + "/cert.pem"]
    func run(_ more: [String] = [], _ settings: [String: String] = [:]) throws -> (status: Int32, error: String) {
      let result = try SendRun(nil, arguments + more, settings: settings).wait()
      return (result.status, result.error)
    }

    let untrusted = try SendRun(nil, Array(arguments.dropLast(2)) + ["--restart"]).wait()
    #expect(untrusted.status == 1)
    #expect(untrusted.error.contains("--ca FILE"), "\(untrusted.error)")
    let nobody = try run(["--restart"])
    #expect(nobody.status == 1)
    #expect(nobody.error.contains("401") && nobody.error.contains("DAYBOOK_TOKEN"), "\(nobody.error)")
    let forbidden = try run(["--restart"], ["DAYBOOK_TOKEN": reader])
    #expect(forbidden.status == 1)
    #expect(forbidden.error.contains("403"), "\(forbidden.error)")
    let state = try String(contentsOfFile: path + ".daybook-send", encoding: .utf8)
    #expect(!state.contains(reader))
    try "\(writer)\n".write(toFile: folder.path + "/secret", atomically: true, encoding: .utf8)
    let sent = try run(["--restart", "--token-file", folder.path + "/secret"])
    #expect(sent.status == 0, "\(sent.error)")
    for secret in [reader, writer] { #expect(!daybook.log.contains(secret)) }

    let query = HTTPClient(daybook.query)
    try waitUntil("all samples are counted") {
      let buckets = try TimelineAnswer.buckets(
        query, "name=secure&aggregate=count", from: 1_600_000_000_000, to: 1_600_020_000_000,
        stepMilliseconds: 86_400_000, step: "day")
      return buckets.values.reduce(0) { $0 + Int($1["count"] ?? 0) } == 20_000
    }
  }

  /// A new token's secret.
  private func token(_ name: String, _ scope: String) throws -> String {
    let output = try output(
      RunningDaybook.executablePath(), ["token", "add", name, scope, "--tokens", folder.path + "/tokens"])
    guard let secret = output.split(separator: "\n").last else { throw SystemTestError("no token: \(output)") }
    return String(secret)
  }

  private func openssl(_ arguments: String) throws {
    _ = try output("/usr/bin/openssl", arguments.split(separator: " ").map(String.init))
  }

  private func output(_ program: String, _ arguments: [String]) throws -> String {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw SystemTestError("\(program) \(arguments.first ?? "") failed") }
    return text
  }
}

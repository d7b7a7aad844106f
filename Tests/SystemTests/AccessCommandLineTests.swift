import Foundation
import TestSupport
import Testing

/// Flags and files of access as careless people give them.
@Suite struct AccessCommandLineTests {
  private let folder = TemporaryFolder()

  private func run(_ arguments: [String]) throws -> (status: Int32, output: String, error: String) {
    let process = Process()
    let (output, error) = (Pipe(), Pipe())
    process.executableURL = URL(fileURLWithPath: try RunningDaybook.executablePath())
    process.arguments = arguments.map { $0.replacing("DIR", with: folder.path) }
    process.environment = ["DAYBOOK_HOME": "\(folder.path)/home", "PATH": "/usr/bin:/bin"]
    process.standardOutput = output
    process.standardError = error
    try process.run()
    let texts = [output, error].map { String(decoding: $0.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self) }
    process.waitUntilExit()
    return (process.terminationStatus, texts[0], texts[1])
  }

  @Test func theSecretStandsAloneOnTheLastLineAndNowhereElse() throws {
    let added = try run(["token", "add", "collector", "--write", "--read", "--tokens", "DIR/tokens"])
    #expect(added.status == 0 && added.error.isEmpty)
    let lines = added.output.split(separator: "\n")
    #expect(lines.count == 2 && lines[1].hasPrefix("daybook_") && lines[1].count == 51)
    let secret = String(lines[1])
    let listed = try run(["token", "list", "--tokens", "DIR/tokens"])
    #expect(listed.output.hasPrefix("NAME       SCOPES      CREATED\ncollector  read,write  20"))
    #expect(!listed.output.contains(secret))
    let text = try String(contentsOfFile: "\(folder.path)/tokens", encoding: .utf8)
    #expect(!text.contains(secret))
    #expect(try run(["token", "remove", "collector", "--tokens", "DIR/tokens"]).status == 0)
    #expect(try run(["token", "list", "--tokens", "DIR/tokens"]).output.split(separator: "\n").count == 1)
  }

  @Test(arguments: [
    (["token"], 2, "add, list, remove"), (["token", "ad"], 2, "did you mean 'add'"),
    (["token", "add", "--tokens", "DIR/t"], 2, "NAME is missing"),
    (["token", "add", "a", "--tokens", "DIR/t"], 2, "Give --read, --write or both"),
    (["token", "add", "a", "--read"], 2, "Give --tokens FILE, or set DAYBOOK_TOKENS"),
    (["token", "add", "a b", "--read", "--tokens", "DIR/t"], 2, "letters, digits"),
    (["token", "add", "anonymous", "--read", "--tokens", "DIR/t"], 2, "stands for requests without a token"),
    (["token", "list", "--tokens", "DIR/none"], 1, "No such file"),
    (["token", "remove", "a", "--tokens", "DIR/none"], 1, "there is no file"),
    (["up", "--tokens", "DIR/none"], 2, "daybook token add NAME --read --write --tokens FILE makes one"),
    (["up", "--tokens", "DIR/none", "--allow-anonymous"], 2, "exclude each other"),
    (["up", "--command-listen", "0.0.0.0:0"], 2, "give --tokens FILE, listen on 127.0.0.1, or say --allow-anonymous"),
    (["up", "--tls-cert", "DIR/none"], 2, "give --tls-key FILE, too"),
    (["query", "--tls-key", "DIR/none"], 2, "give --tls-cert FILE, too"),
    (["command", "--tls-cert", "DIR/none", "--tls-key", "DIR/none"], 2, "cannot open"),
    (["up", "--host-name", "http://a"], 2, "is no host name"),
    (["up", "--host-name", "a,b:1"], 2, "'b:1' is no host name"),
    (["up", "--request-deadline", "0"], 2, "--request-deadline must be a whole number from 1 to 3600"),
  ])
  func aMistakeIsToldBeforeAnythingStarts(arguments: [String], status: Int32, text: String) throws {
    let result = try run(arguments)
    #expect(result.status == status, "\(result.error)")
    #expect(result.error.contains(text), "\(result.error)")
    #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/home"))
  }

  @Test func filesThatOthersCanReadAndKeysOfOtherCertificatesAreRefused() throws {
    _ = try run(["token", "add", "a", "--read", "--tokens", "DIR/tokens"])
    chmod("\(folder.path)/tokens", 0o644)
    let readable = try run(["up", "--tokens", "DIR/tokens"])
    #expect(readable.status == 2 && readable.error.contains("chmod 600"), "\(readable.error)")
    let (one, other) = (try TestCertificate("one", in: folder.path), try TestCertificate("other", in: folder.path))
    let mixed = try run(["up", "--tls-cert", one.certificate, "--tls-key", other.key])
    #expect(mixed.status == 2 && mixed.error.contains("the key is not this certificate's"), "\(mixed.error)")
    chmod(one.key, 0o640)
    #expect(try run(["token", "list", "--tokens", "DIR/tokens"]).status == 1)
    chmod(one.key, 0o644)
    let open = try run(["up", "--tls-cert", one.certificate, "--tls-key", one.key])
    #expect(open.status == 2 && open.error.contains("chmod 600 \(one.key)"), "\(open.error)")
  }
}

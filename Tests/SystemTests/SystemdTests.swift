import Foundation
import Glibc
import HTTPClient
import Runtime
import TestSupport
import Testing

/// `scripts/systemd/daybook.service`: what systemd itself says of it, and what its command does under such restrictions.
@Suite(.serialized) struct SystemdTests {
  private static let unit: String = {
    var folder = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { folder.deleteLastPathComponent() }
    return folder.appendingPathComponent("scripts/systemd/daybook.service").path
  }()

  @Test func systemdUnderstandsTheUnit() throws {
    let folder = TemporaryFolder()
    // The program is not installed where tests run; everything else is the file's.
    let text = try String(contentsOfFile: Self.unit, encoding: .utf8)
    let copy = "\(folder.path)/daybook.service"
    try text.replacingOccurrences(of: "/usr/local/bin/daybook", with: try RunningDaybook.executablePath())
      .write(toFile: copy, atomically: false, encoding: .utf8)
    let verified = try run(["/usr/bin/systemd-analyze", "verify", "--man=no", copy])
    #expect(verified.status == 0 && verified.output.isEmpty, "\(verified.output)")
    // From 0 (nothing is open) to 10: systemd calls everything up to 2 good enough, and a service without a word has 9.6.
    let rated = try run(["/usr/bin/systemd-analyze", "security", "--offline=yes", "--no-pager", copy])
    let words = try #require(rated.output.range(of: "Overall exposure level for daybook.service: ")).upperBound
    let level = Double(rated.output[words...].prefix { !$0.isWhitespace }) ?? 10
    #expect(level <= 2, "\(rated.output)")
  }

  @Test func theUnitsCommandTellsWhenItIsReadyAndWhenItStops() throws {
    let folder = TemporaryFolder()
    chmod(folder.path, 0o755)
    let (home, runtime) = ("\(folder.path)/home", "\(folder.path)/run")
    let user: UInt32 = geteuid() == 0 ? 65_534 : .max
    for path in [home, runtime] {
      mkdir(path, 0o700)
      if user != .max { chown(path, user, user) }
    }
    let command = ListenAddress(host: "127.0.0.1", port: try FreePort.find())
    let query = ListenAddress(host: "127.0.0.1", port: try FreePort.find())
    let socket = try NotifySocket("\(folder.path)/notify")
    let words = try #require(setting("ExecStart")).split(separator: " ").map(String.init)
    #expect(words == ["/usr/local/bin/daybook", "up"])
    #expect(setting("Type") == "notify" && setting("NotifyAccess") == "main" && setting("KillMode") == "mixed")
    // As the unit has it: no new rights, none to begin with, a umask that keeps files to their owner.
    let shell =
      "umask \(try #require(setting("UMask"))) && exec setpriv --no-new-privs --bounding-set=-all --inh-caps=-all "
    let program = try RunningDaybook.executablePath()
    let daybook = try CommandRun(
      [
        "/bin/sh", "-c",
        geteuid() == 0 ? "\(shell) --reuid=65534 --regid=65534 --clear-groups \(program) up" : "exec \(program) up",
      ],
      environment: [
        "DAYBOOK_HOME": home, "RUNTIME_DIRECTORY": runtime, "NOTIFY_SOCKET": "\(folder.path)/notify",
        "DAYBOOK_COMMAND_LISTEN": "\(command)", "DAYBOOK_QUERY_LISTEN": "\(query)",
      ])
    #expect(socket.receive(.seconds(120)) == "READY=1\nSTATUS=taking and answering requests", "\(daybook.output)")
    for address in [command, query] {
      #expect(try HTTPClient(address).send("GET", "/readyz").status == 200)
    }
    // The socket is where others see it, and what was made is for its owner only.
    #expect(try FileManager.default.contentsOfDirectory(atPath: runtime).first?.hasPrefix("postgres-") == true)
    var status = stat()
    #expect(lstat("\(home)/postgres", &status) == 0 && status.st_mode & 0o077 == 0)
    kill(daybook.processID, SIGTERM)
    #expect(socket.receive(.seconds(20)) == "STOPPING=1\nSTATUS=stopping")
    #expect(daybook.wait() == 0, "\(daybook.output)")
    #expect(socket.receive(.zero) == nil, "nobody but 'up' itself speaks")
  }

  /// The value of a key that stands once in the unit.
  private func setting(_ key: String) -> String? {
    let lines = (try? String(contentsOfFile: Self.unit, encoding: .utf8))?.split(separator: "\n") ?? []
    return lines.first { $0.hasPrefix("\(key)=") }.map { String($0.dropFirst(key.count + 1)) }
  }

  private func run(_ words: [String]) throws -> (status: Int32, output: String) {
    let run = try CommandRun(words, environment: ["SYSTEMD_LOG_LEVEL": "warning", "LC_ALL": "C.UTF-8"])
    let status = run.wait()
    return (status, run.output)
  }
}

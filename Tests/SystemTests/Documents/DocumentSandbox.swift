import Foundation
import Glibc
import HTTPClient
import JSON
import PostgresCluster
import Runtime
import TestSupport

/// A folder, ports and a terminal of their own, in which the commands of a document run as a reader would type them.
///
/// The documents' ports 8080, 8081 and 8082 are replaced by free ones. Variables that a command sets are there for the next
/// ones. Confined to one thread; `stop()` ends what was started and removes the folder.
final class DocumentSandbox {
  /// What the commands see as their folder; only its owner may enter it.
  let folder: String
  private let user: UInt32
  private let environment: [String: String]
  private let ports: [(written: String, real: String)]
  private let work: String
  private var processID: Int32?
  private var scheme = "http"

  private static let up = ["daybook up", "scripts/up"]

  /// Whether `script` starts Daybook, to run beside the commands after it.
  static func isStart(_ script: String) -> Bool { up.contains { script == $0 || script.hasPrefix($0 + " ") } }

  /// `user`: whom the commands run as, when the tests run as root.
  init(user: UInt32 = .max) throws {
    self.user = user
    work = try RunningDaybook.temporaryFolder()
    folder = work + "/daybook"
    ports = try ["8080", "8081", "8082"].map { (":\($0)", ":\(try FreePort.find())") }
    var environment = ["HOME": work, "PATH": "\(work)/bin:\(ProcessInfo.processInfo.environment["PATH"] ?? "")"]
    for (name, port) in zip(["COMMAND", "QUERY", "PROJECTOR"], ports) {
      environment["DAYBOOK_\(name)_LISTEN"] = "127.0.0.1\(port.real)"
    }
    self.environment = environment
    try makeFolders()
  }

  private func makeFolders() throws {
    let files = FileManager.default
    for path in [folder, "\(work)/bin"] { try files.createDirectory(atPath: path, withIntermediateDirectories: true) }
    chmod(folder, 0o700)
    try Data().write(to: URL(fileURLWithPath: "\(work)/variables"))
    guard user != .max else { return }
    for path in [work, folder, "\(work)/variables"] { chown(path, user, user) }
  }

  /// Puts a file into the folder, under that relative path.
  ///
  /// Copied by a process of its own: a process that another thread of this one starts meanwhile would for a moment have
  /// the file open for writing too, and the kernel runs no such file.
  func add(_ path: String, from source: String) throws {
    try command("/usr/bin/install", ["-D", "-m", "755", source, "\(folder)/\(path)"])
    if user != .max { try command("/bin/chown", ["-R", "\(user):\(user)", folder]) }
  }

  private func command(_ path: String, _ arguments: [String]) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw SystemTestError("\(path) \(arguments) failed") }
  }

  /// Puts a command into the path of the commands.
  func addCommand(_ name: String, script: String) throws {
    try script.write(toFile: "\(work)/bin/\(name)", atomically: true, encoding: .utf8)
    chmod("\(work)/bin/\(name)", 0o755)
  }

  /// `text` with the ports of this sandbox in place of the documents'.
  func replacingPorts(_ text: String) -> String {
    ports.reduce(text) { $0.replacingOccurrences(of: $1.written, with: $1.real) }
  }

  /// Starts Daybook by that command, in place of the one that runs, and waits until it answers.
  func start(_ script: String) throws {
    try stopDaybook()
    scheme = script.contains("--tls-cert") ? "https" : "http"
    let log = open("\(work)/log", O_WRONLY | O_CREAT | O_APPEND, 0o644)
    defer { close(log) }
    processID = try Spawner.shared.start(
      ["/bin/sh", "-c", "\(variables)\nexec \(replacingPorts(script))"], environment: environment, user: user,
      group: user, log: log, directory: folder)
    try waitUntil(deadline: .seconds(90), "an answer of /readyz after '\(script)':\n\(self.log)") {
      if hasEnded() { throw SystemTestError("'\(script)' ended:\n\(self.log)") }
      return try isReady()
    }
  }

  /// Runs a command to its end.
  func run(_ script: String) throws -> (status: Int32, output: String, error: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    let commands = "\(variables)\nset -ea\n\(replacingPorts(script))\nexport -p >'\(work)/variables'"
    process.arguments = ["-c", "exec timeout 120 /bin/sh -c \"$0\"", commands]
    if user != .max {
      process.executableURL = URL(fileURLWithPath: "/usr/bin/setpriv")
      process.arguments =
        ["--reuid", "\(user)", "--regid", "\(user)", "--clear-groups", "/bin/sh"] + (process.arguments ?? [])
    }
    process.environment = environment
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    let (output, error) = ("\(work)/output", "\(work)/error")
    for path in [output, error] { try Data().write(to: URL(fileURLWithPath: path)) }
    process.standardOutput = FileHandle(forWritingAtPath: output)
    process.standardError = FileHandle(forWritingAtPath: error)
    try process.run()
    process.waitUntilExit()
    return (process.terminationStatus, Self.text(output), Self.text(error))
  }

  private var variables: String { ". '\(work)/variables'" }

  /// Waits until the answers of the query service hold all that has been written, where it answers everybody.
  func waitUntilRead() throws {
    guard scheme == "http" else { return }
    try waitUntil(deadline: .seconds(30), "the read models to have everything:\n\(log)") {
      let status = try HTTPClient(address(1)).send("GET", "/v1/status")
      guard status.status == 200 else { return status.status == 401 }
      let quiet = #""lag":{"events":0,"#
      return status.text.contains(quiet)
        && !status.text.replacingOccurrences(of: quiet, with: "").contains(#""lag":{"#)
    }
  }

  /// What Daybook logged: the last 4,000 characters.
  var log: String { String(Self.text("\(work)/log").suffix(4000)) }

  /// SIGTERM to Daybook, and waits for its end.
  func stopDaybook() throws {
    guard let processID else { return }
    kill(processID, SIGTERM)
    try waitUntil(deadline: .seconds(40), "the end of daybook up") { hasEnded() }
    self.processID = nil
  }

  func stop() {
    do {
      try stopDaybook()
    } catch {
      if let processID { kill(processID, SIGKILL) }
    }
    _ = PostgresCluster.removeAbandoned(home: "\(folder)/.daybook", logger: Logger(program: "test", level: .error))
    try? FileManager.default.removeItem(atPath: work)
  }

  private func hasEnded() -> Bool {
    guard let processID else { return true }
    var status: Int32 = 0
    return waitpid(processID, &status, WNOHANG) != 0
  }

  /// Asked with curl, which takes whatever certificate there is.
  private func isReady() throws -> Bool {
    let services = ports.prefix(2).map { "\(scheme)://127.0.0.1\($0.real)/readyz" }
    return try run(services.map { "curl -sfk -o /dev/null -m 5 \($0)" }.joined(separator: "\n")).status == 0
  }

  private func address(_ index: Int) -> ListenAddress {
    ListenAddress(host: "127.0.0.1", port: UInt16(ports[index].real.dropFirst()) ?? 0)
  }

  private static func text(_ path: String) -> String {
    String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
  }
}

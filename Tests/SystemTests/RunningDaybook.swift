import Foundation
import Glibc
import HTTPClient
import PostgresCluster
import Runtime

/// `daybook up` as a user runs it: real processes, a home and ports of its own. `stop()` ends it and removes the home.
final class RunningDaybook {
  let home: String
  let command: ListenAddress
  let query: ListenAddress
  let projector: ListenAddress
  private(set) var processID: Int32 = 0
  private let environment: [String: String]
  private let user: UInt32
  private let group: UInt32
  private let executable: String
  private let logPath: String
  private let ownsHome: Bool

  /// Starts it and waits until all three services are ready. `user`: as an ordinary user, when the tests run as root.
  init(home: String? = nil, user: UInt32 = .max, group: UInt32 = .max, settings: [String: String] = [:]) throws {
    self.home = try home ?? Self.temporaryFolder()
    ownsHome = home == nil
    self.user = user
    self.group = group
    command = ListenAddress(host: "127.0.0.1", port: try FreePort.find())
    query = ListenAddress(host: "127.0.0.1", port: try FreePort.find())
    projector = ListenAddress(host: "127.0.0.1", port: try FreePort.find())
    executable = try Self.executablePath()
    logPath = self.home + ".log"
    if user != .max, ownsHome { chown(self.home, user, group) }
    var environment = [
      "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "DAYBOOK_HOME": self.home,
      "DAYBOOK_COMMAND_LISTEN": "\(command)", "DAYBOOK_QUERY_LISTEN": "\(query)",
      "DAYBOOK_PROJECTOR_LISTEN": "\(projector)", "DAYBOOK_RELAY_LISTEN": "127.0.0.1:\(try FreePort.find())",
    ]
    environment.merge(settings) { $1 }
    self.environment = environment
    try start()
  }

  /// Starts `daybook up` again, after a stop or a kill.
  func start() throws {
    let log = open(logPath, O_WRONLY | O_CREAT | O_APPEND, 0o644)
    defer { close(log) }
    processID = try Spawner.shared.start(
      [executable, "up"], environment: environment, user: user, group: group, log: log)
    try waitUntilReady()
  }

  /// Another process of the same home, `daybook command` on another port, say. The caller ends it.
  func startProgram(_ arguments: [String], settings: [String: String]) throws -> Int32 {
    let log = open(logPath, O_WRONLY | O_CREAT | O_APPEND, 0o644)
    defer { close(log) }
    return try Spawner.shared.start(
      [executable] + arguments, environment: environment.merging(settings) { $1 }, user: user, group: group, log: log)
  }

  func waitUntilReady(_ limit: Duration = .seconds(90)) throws {
    let deadline = MonotonicClock.deadline(after: limit)
    for address in [command, query, projector] {
      while true {
        if let answer = try? client(address, timeout: .seconds(2)).send("GET", "/readyz"), answer.status == 200 {
          break
        }
        if hasEnded() { throw SystemTestError("daybook up ended:\n\(log)") }
        guard MonotonicClock.now < deadline else { throw SystemTestError("\(address) is not ready in time:\n\(log)") }
        MonotonicClock.sleep(for: .milliseconds(20))
      }
    }
  }

  /// A client of one of its services, over TLS where the settings have a certificate.
  func client(_ address: ListenAddress, timeout: Duration = .seconds(30)) throws -> HTTPClient {
    guard let certificate = environment["DAYBOOK_TLS_CERT"] else { return HTTPClient(address, timeout: timeout) }
    return HTTPClient(
      HTTPEndpoint(address, isSecure: true), trust: try TLSTrust(certificates: certificate), timeout: timeout)
  }

  /// What all its processes logged: the last 4,000 characters.
  var log: String { String((try? String(contentsOfFile: logPath, encoding: .utf8))?.suffix(4000) ?? "") }

  /// All that its processes logged.
  func wholeLog() throws -> String { try String(contentsOfFile: logPath, encoding: .utf8) }

  /// True once `up` itself has ended.
  func hasEnded() -> Bool {
    var status: Int32 = 0
    return waitpid(processID, &status, WNOHANG) != 0
  }

  /// SIGTERM, and waits. Returns the exit code, or nil when it had to be killed.
  func stopProcesses() -> Int32? {
    kill(processID, SIGTERM)
    return waitForEnd(.seconds(40))
  }

  /// kill -9 of `up` itself, and waits until every process below it has ended.
  func killUp() throws {
    let tree = ProcessTree.below(processID)
    kill(processID, SIGKILL)
    var status: Int32 = 0
    waitpid(processID, &status, 0)
    let deadline = MonotonicClock.deadline(after: .seconds(30))
    while tree.contains(where: { ProcessTree.isAlive($0) }) {
      guard MonotonicClock.now < deadline else {
        throw SystemTestError("children outlived 'up': \(tree.filter { ProcessTree.isAlive($0) }.map(\.command))")
      }
      MonotonicClock.sleep(for: .milliseconds(10))
    }
  }

  /// The process below `up` whose command line holds `text`. One that was killed is waited for: `up` starts it again after
  /// its back-off, which is ten seconds at most.
  func child(_ text: String) throws -> Int32 {
    let deadline = MonotonicClock.deadline(after: .seconds(30))
    while true {
      if let found = ProcessTree.below(processID).first(where: { $0.command.contains(text) && ProcessTree.isAlive($0) })
      {
        return found.processID
      }
      guard MonotonicClock.now < deadline else {
        throw SystemTestError("no process '\(text)' below daybook up:\n\(log)")
      }
      MonotonicClock.sleep(for: .milliseconds(20))
    }
  }

  /// Ends it and removes its folder.
  func stop() {
    if !hasEnded() { _ = stopProcesses() }
    if ownsHome {
      _ = PostgresCluster.removeAbandoned(home: home, logger: Logger(program: "test", level: .error))
      try? FileManager.default.removeItem(atPath: home)
    }
    try? FileManager.default.removeItem(atPath: logPath)
  }

  private func waitForEnd(_ limit: Duration) -> Int32? {
    var status: Int32 = 0
    let deadline = MonotonicClock.deadline(after: limit)
    while waitpid(processID, &status, WNOHANG) == 0 {
      if MonotonicClock.now > deadline {
        kill(processID, SIGKILL)
        waitpid(processID, &status, 0)
        return nil
      }
      MonotonicClock.sleep(for: .milliseconds(10))
    }
    return status & 0x7F == 0 ? status >> 8 & 0xFF : nil
  }

  static func temporaryFolder() throws -> String {
    var template = Array("\(NSTemporaryDirectory())/daybook-system-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw SystemTestError("mkdtemp: errno \(errno)") }
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// The `daybook` that was built with these tests, beside them.
  static func executablePath() throws -> String {
    let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    var folder = URL(fileURLWithPath: own).deletingLastPathComponent()
    for argument in CommandLine.arguments where argument.hasSuffix(".xctest") {
      folder = URL(fileURLWithPath: argument).deletingLastPathComponent()
    }
    let path = folder.appendingPathComponent("daybook").path
    guard FileManager.default.isExecutableFile(atPath: path) else { throw SystemTestError("no daybook at \(path)") }
    return path
  }
}

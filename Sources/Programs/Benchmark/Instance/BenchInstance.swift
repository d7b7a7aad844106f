import Glibc
import HTTPClient
import PostgresCluster
import Runtime

/// A whole Daybook of the benchmark's own: `daybook up` in a temporary home on free ports, removed afterwards.
final class BenchInstance {
  /// What of `daybook up` is not started.
  enum Part: String {
    case command, relay, projector, query
  }

  let home: String
  private let commands: [ListenAddress]
  private let query: ListenAddress
  private let kafka: BenchKafka?
  private let child: ChildProcess
  private var others: [ChildProcess] = []

  /// Starts it and returns when it is ready. `without` the projector or the relay: until `start`, nothing is projected or
  /// relayed.
  init(without: [Part] = [], commandServices: Int = 1, kafka: BenchKafka? = nil) throws {
    self.kafka = kafka
    commands = try (0..<max(1, commandServices)).map { _ in
      ListenAddress(host: "127.0.0.1", port: try FreePort.find())
    }
    query = ListenAddress(host: "127.0.0.1", port: try FreePort.find())
    home = try Self.makeFolder()
    var arguments = ["up", "--log-level", "error"]
    if !without.isEmpty { arguments += ["--without", without.map(\.rawValue).joined(separator: ",")] }
    child = try ChildProcess(.thisProgram(arguments, environment: Self.environment(home, commands[0], query, kafka)))
    BenchInterrupt.watch(home: home, processes: [child]) { kafka?.removeTopic() }
    do {
      try waitUntilReady(without)
      for address in commands.dropFirst() where !without.contains(.command) {
        try start("command", command: address)
        try wait(for: address, "/readyz")
      }
    } catch {
      stop()
      throw error
    }
  }

  var system: BenchSystem {
    get throws {
      BenchSystem(
        writes: commands.map { RequestURL(address: $0, target: "/write?db=bench") }, query: query,
        processIDs: ([child] + others).compactMap(\.processID), store: try PostgresCluster.find(home: home))
    }
  }

  /// Starts a part that was left out; returns its process, which `stop` ends if nobody did before.
  @discardableResult
  func start(_ part: Part) throws -> ChildProcess {
    try start(part.rawValue, command: commands[0])
    return others[others.count - 1]
  }

  /// Ends all processes and removes the folder, and the topic. Must be called before the instance goes.
  func stop() {
    for process in others.reversed() + [child] {
      process.signal(SIGTERM)
      if process.waitForEnd(.seconds(30)) == nil { process.signal(SIGKILL) }
    }
    BenchInterrupt.watch(home: nil, processes: [])
    BenchInterrupt.remove(home)
    kafka?.removeTopic()
  }

  private func start(_ program: String, command: ListenAddress) throws {
    others.append(
      try ChildProcess(
        .thisProgram([program, "--log-level", "error"], environment: Self.environment(home, command, query, kafka))))
    BenchInterrupt.watch(home: home, processes: others.reversed() + [child]) { [kafka] in kafka?.removeTopic() }
  }

  private func waitUntilReady(_ without: [Part]) throws {
    if !without.contains(.command) { try wait(for: commands[0], "/readyz") }
    // Without a projector there are no read models, so nothing to be ready for: then it is enough to answer.
    if !without.contains(.query) { try wait(for: query, without.contains(.projector) ? "/livez" : "/readyz") }
    if without.contains(.command), without.contains(.query) { try waitForCluster() }
  }

  private func wait(for address: ListenAddress, _ path: String) throws {
    try waitUntil("daybook up was not ready within 90 seconds") {
      (try? HTTPClient(address, timeout: .seconds(2)).send("GET", path))?.status == 200
    }
  }

  /// The tables are there.
  private func waitForCluster() throws {
    try waitUntil("daybook up made no store within 90 seconds") {
      guard let store = try? PostgresCluster.find(home: home) else { return false }
      return (try? StoreFigures.read(store)) != nil
    }
  }

  private func waitUntil(_ complaint: String, _ condition: () -> Bool) throws {
    let deadline = MonotonicClock.deadline(after: .seconds(90))
    while !condition() {
      for process in [child] + others {
        if let end = process.end { throw BenchError("daybook ended before it was ready: \(end)") }
      }
      guard MonotonicClock.now < deadline else { throw BenchError(complaint) }
      MonotonicClock.sleep(for: .milliseconds(20))
    }
  }

  private static func makeFolder() throws -> String {
    var template = Array((ProgramOptions.processEnvironment("TMPDIR") ?? "/tmp").utf8CString.dropLast())
    template += "/daybook-bench-XXXXXX".utf8CString
    guard mkdtemp(&template) != nil else {
      throw BenchError("cannot make a temporary folder: \(String(cString: strerror(errno)))")
    }
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private static func environment(
    _ home: String, _ command: ListenAddress, _ query: ListenAddress, _ kafka: BenchKafka?
  ) -> [String: String] {
    ChildCommand.environment(
      changing: [
        "DAYBOOK_HOME": home, "DAYBOOK_COMMAND_LISTEN": "\(command)", "DAYBOOK_QUERY_LISTEN": "\(query)",
        "DAYBOOK_PROJECTOR_LISTEN": "127.0.0.1:0", "DAYBOOK_RELAY_LISTEN": "127.0.0.1:0", "DAYBOOK_DATABASE": "",
        "DAYBOOK_READ_DATABASE": "",
        // The loader shows no token and speaks plain http, whatever the services of this machine are told.
        "DAYBOOK_TOKENS": "", "DAYBOOK_TLS_CERT": "", "DAYBOOK_TLS_KEY": "",
        "DAYBOOK_KAFKA": "", "DAYBOOK_KAFKA_CONFIG": "", "DAYBOOK_KAFKA_GROUP": "",
      ].merging(kafka?.environment ?? [:]) { $1 })
  }
}

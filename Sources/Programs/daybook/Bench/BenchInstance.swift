import Glibc
import HTTPClient
import Postgres
import PostgresCluster
import Runtime

/// A whole Daybook of the benchmark's own: `daybook up` in a temporary home on free ports, removed afterwards.
final class BenchInstance {
  let command: ListenAddress
  let query: ListenAddress
  let home: String
  private let child: ChildProcess
  private var projector: ChildProcess?

  /// The processes that were started here; the others are below them.
  var processIDs: [Int32] { [child, projector].compactMap { $0?.processID } }

  /// Memory and processor time of every process of the instance.
  var usage: [ProcessUsage] { processIDs.flatMap { ProcessUsage.tree(of: $0) } }

  /// Starts it and returns when it is ready. `withoutProjector`: until `startProjector`, nothing is projected.
  init(withoutProjector: Bool = false) throws {
    command = ListenAddress(host: "127.0.0.1", port: try FreePort.find())
    query = ListenAddress(host: "127.0.0.1", port: try FreePort.find())
    var template = Array((ProgramOptions.processEnvironment("TMPDIR") ?? "/tmp").utf8CString.dropLast())
    template += "/daybook-bench-XXXXXX".utf8CString
    guard mkdtemp(&template) != nil else { throw BenchError("cannot make a temporary folder: errno \(errno)") }
    home = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    var arguments = ["up", "--log-level", "warning"]
    if withoutProjector { arguments += ["--without", "projector"] }
    child = try ChildProcess(.thisProgram(arguments, environment: Self.environment(home, command, query)))
    BenchInterrupt.watch(home: home, processes: [child])
    // Without a projector there are no read models, so nothing to be ready for: then it is enough to answer.
    do {
      try waitUntilReady([(command, "/readyz"), (query, withoutProjector ? "/livez" : "/readyz")])
    } catch {
      stop()
      throw error
    }
  }

  /// Starts the projector that was left out.
  func startProjector() throws {
    projector = try ChildProcess(
      .thisProgram(["projector", "--log-level", "warning"], environment: Self.environment(home, command, query)))
    BenchInterrupt.watch(home: home, processes: [projector, child].compactMap { $0 })
  }

  /// Waits until nothing in the tail is left to fold, so that queries are measured at rest.
  func waitUntilFolded() throws {
    let connection = try PostgresConnection(PostgresCluster.find(home: home), application: "daybook bench")
    let builds = try connection.query(
      sql: "SELECT schema FROM daybook_read.builds WHERE projection = 'timeline' AND active")
    guard builds.rowCount == 1 else { throw BenchError("there is no timeline to wait for") }
    let schema = PostgresConnection.quoted(identifier: try builds.text(0, 0))
    let deadline = MonotonicClock.deadline(after: .seconds(120))
    while true {
      let left = try connection.query(
        sql: """
          SELECT count(*) FROM \(schema).tail t LEFT JOIN \(schema).folded f USING (shard, page)
          WHERE t.sequence > coalesce(f.sequence, 0)
          """)
      if try left.int64(0, 0) == 0 { return }
      guard MonotonicClock.now < deadline else { throw BenchError("the tail was not folded within two minutes") }
      MonotonicClock.sleep(for: .milliseconds(50))
    }
  }

  /// Ends all processes and removes the folder. Must be called before the instance goes.
  func stop() {
    for process in [projector, child].compactMap({ $0 }) {
      process.signal(SIGTERM)
      if process.waitForEnd(.seconds(30)) == nil { process.signal(SIGKILL) }
    }
    BenchInterrupt.watch(home: nil, processes: [])
    BenchInterrupt.remove(home)
  }

  private func waitUntilReady(_ probes: [(ListenAddress, String)]) throws {
    let deadline = MonotonicClock.deadline(after: .seconds(90))
    for (address, path) in probes {
      while true {
        if let answer = try? HTTPClient(address, timeout: .seconds(2)).send("GET", path), answer.status == 200 {
          break
        }
        if let end = child.end { throw BenchError("daybook up ended before it was ready: \(end)") }
        guard MonotonicClock.now < deadline else { throw BenchError("daybook up was not ready within 90 seconds") }
        MonotonicClock.sleep(for: .milliseconds(20))
      }
    }
  }

  private static func environment(_ home: String, _ command: ListenAddress, _ query: ListenAddress) -> [String: String]
  {
    ChildCommand.environment(changing: [
      "DAYBOOK_HOME": home, "DAYBOOK_COMMAND_LISTEN": "\(command)", "DAYBOOK_QUERY_LISTEN": "\(query)",
      "DAYBOOK_PROJECTOR_LISTEN": "127.0.0.1:0", "DAYBOOK_DATABASE": "", "DAYBOOK_READ_DATABASE": "",
      // The loader shows no token and speaks plain http, whatever the services of this machine are told.
      "DAYBOOK_TOKENS": "", "DAYBOOK_TLS_CERT": "", "DAYBOOK_TLS_KEY": "",
    ])
  }
}

/// Why a benchmark could not be run.
struct BenchError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

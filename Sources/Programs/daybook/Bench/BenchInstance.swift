import Glibc
import HTTPClient
import PostgresCluster
import Runtime

/// A whole Daybook of the benchmark's own: `daybook up` in a temporary home on free ports, removed afterwards.
final class BenchInstance {
  let command: ListenAddress
  let query: ListenAddress
  let home: String
  private let child: ChildProcess
  private var projector: ChildProcess?

  var processID: Int32 { child.processID }

  /// Starts it and returns when it is ready. `withoutProjector`: until `startProjector`, nothing is projected.
  init(withoutProjector: Bool = false) throws {
    command = ListenAddress(host: "127.0.0.1", port: try Self.freePort())
    query = ListenAddress(host: "127.0.0.1", port: try Self.freePort())
    var template = Array((ProgramOptions.processEnvironment("TMPDIR") ?? "/tmp").utf8CString.dropLast())
    template += "/daybook-bench-XXXXXX".utf8CString
    guard mkdtemp(&template) != nil else { throw BenchError("cannot make a temporary folder: errno \(errno)") }
    home = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    var arguments = ["up", "--log-level", "warning"]
    if withoutProjector { arguments += ["--without", "projector"] }
    child = try ChildProcess.start("up", arguments, environment: Self.environment(home, command, query))
    try waitUntilReady()
  }

  /// Starts the projector that was left out.
  func startProjector() throws {
    projector = try ChildProcess.start(
      "projector", ["projector", "--log-level", "warning"], environment: Self.environment(home, command, query))
  }

  /// Ends all processes and removes the folder. Must be called before the instance goes.
  func stop() {
    for process in [projector, child].compactMap({ $0 }) {
      process.terminate()
      let deadline = MonotonicClock.deadline(after: .seconds(30))
      while process.ended() == nil {
        if MonotonicClock.now > deadline {
          process.kill9()
          break
        }
        MonotonicClock.sleep(for: .milliseconds(20))
      }
    }
    _ = PostgresCluster.removeAbandoned(home: home, logger: Logger(program: "bench", level: .warning))
    rmdir(home)
  }

  private func waitUntilReady() throws {
    let deadline = MonotonicClock.deadline(after: .seconds(90))
    for address in [command, query] {
      while true {
        if let answer = try? HTTPClient(address, timeout: .seconds(2)).send("GET", "/readyz"), answer.status == 200 {
          break
        }
        if let end = child.ended() { throw BenchError("daybook up ended before it was ready: \(end)") }
        guard MonotonicClock.now < deadline else { throw BenchError("daybook up was not ready within 90 seconds") }
        MonotonicClock.sleep(for: .milliseconds(20))
      }
    }
  }

  private static func environment(_ home: String, _ command: ListenAddress, _ query: ListenAddress) -> [String: String]
  {
    [
      "DAYBOOK_HOME": home, "DAYBOOK_COMMAND_LISTEN": "\(command)", "DAYBOOK_QUERY_LISTEN": "\(query)",
      "DAYBOOK_DATABASE": "", "DAYBOOK_READ_DATABASE": "",
    ]
  }

  /// A port that was free a moment ago.
  private static func freePort() throws -> UInt16 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        let bound = bind(descriptor, pointer, length)
        return bound == 0 ? getsockname(descriptor, pointer, &length) : bound
      }
    }
    guard status == 0 else { throw BenchError("cannot find a free port: errno \(errno)") }
    return UInt16(bigEndian: address.sin_port)
  }
}

/// Why a benchmark could not be run.
struct BenchError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

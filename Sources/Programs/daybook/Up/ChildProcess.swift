import CLinux
import Glibc
import Runtime

/// A `daybook SUBCOMMAND` process that this one started, and ends when this one does.
///
/// The kernel ends the child when the *thread* that started it ends: start children from the main thread only.
struct ChildProcess {
  let name: String
  let processID: pid_t
  let startedAt: UInt64

  /// Starts this same executable with `arguments`, its environment with `environment` on top.
  static func start(_ name: String, _ arguments: [String], environment: [String: String]) throws -> ChildProcess {
    let words = [try executable()] + arguments
    var variables: [String] = []
    var entry = environ
    while let variable = entry.pointee {
      let text = String(cString: variable)
      let key = text.prefix { $0 != "=" }
      if environment[String(key)] == nil { variables.append(text) }
      entry += 1
    }
    variables += environment.map { "\($0.key)=\($0.value)" }
    let processID = withCStrings(words) { argumentPointers in
      withCStrings(variables) { variablePointers in
        daybook_spawn(argumentPointers, variablePointers, nil, UInt32.max, UInt32.max, -1, -1, SIGTERM)
      }
    }
    guard processID > 0 else {
      throw ChildProcessError(description: "cannot start daybook \(name): \(String(cString: strerror(errno)))")
    }
    return ChildProcess(name: name, processID: processID, startedAt: MonotonicClock.now)
  }

  /// How it ended, or nil while it runs. After an answer the process id may be another's: ask no more.
  func ended() -> String? {
    var status: Int32 = 0
    guard waitpid(processID, &status, WNOHANG) == processID else { return nil }
    let signal = status & 0x7F
    return signal == 0 ? "exit code \(status >> 8 & 0xFF)" : "signal \(signal)"
  }

  func terminate() { kill(processID, SIGTERM) }
  func kill9() { kill(processID, SIGKILL) }

  private static func executable() throws -> String {
    var buffer = [CChar](repeating: 0, count: 4096)
    let length = readlink("/proc/self/exe", &buffer, buffer.count - 1)
    guard length > 0 else { throw ChildProcessError(description: "cannot find this program: /proc/self/exe") }
    return String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private static func withCStrings<Result>(
    _ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>>) -> Result
  ) -> Result {
    let copies = strings.map { strdup($0) }
    defer { copies.forEach { free($0) } }
    // The array ends with NULL, which C reads as its end.
    var pointers = copies.map { UnsafePointer($0) } + [nil]
    return pointers.withUnsafeMutableBytes { raw in
      body(raw.baseAddress!.assumingMemoryBound(to: UnsafePointer<CChar>.self))
    }
  }
}

/// Why a child could not be started.
struct ChildProcessError: Error, CustomStringConvertible {
  let description: String
}

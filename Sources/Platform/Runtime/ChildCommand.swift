import CLinux
import Glibc

/// What to start as a child process, and as whom.
package struct ChildCommand: Sendable {
  /// The file that is run.
  package var program: String
  /// What it is told, the first by custom its path: what ps(1) shows.
  package var arguments: [String]
  /// All of its environment; nil: ours.
  package var environment: [String: String]?
  /// Where it starts; nil: where we are.
  package var directory: String?
  /// Who it runs as; nil: who we are. Anybody else can be chosen by root only.
  package var user: UInt32?
  package var group: UInt32?
  /// Descriptors for what it prints; nil: ours.
  package var standardOutput: Int32?
  package var standardError: Int32?
  /// What it gets when our process ends, however that happens.
  package var signalWhenParentEnds: Int32 = SIGTERM

  /// - Parameter arguments: the program's path and its arguments.
  package init(_ arguments: [String], environment: [String: String]? = nil) {
    program = arguments.first ?? ""
    self.arguments = arguments
    self.environment = environment
  }

  /// This program itself with other arguments.
  package static func thisProgram(
    _ arguments: [String], environment: [String: String]? = nil
  ) throws(ChildProcessError) -> ChildCommand {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let length = readlink(thisFile, &buffer, buffer.count)
    guard length > 0 else { throw ChildProcessError(program: thisFile, errno: errno) }
    let path = String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    var command = ChildCommand([path] + arguments, environment: environment)
    // The file that we are, though another may stand at its path by now: a version that is replaced while it runs goes
    // on starting children that fit it.
    command.program = thisFile
    return command
  }

  private static let thisFile = "/proc/self/exe"

  /// Our environment with `changes` on top.
  package static func environment(changing changes: [String: String]) -> [String: String] {
    var variables: [String: String] = [:]
    var entry = environ
    while let variable = entry.pointee {
      let parts = String(cString: variable).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
      entry += 1
    }
    return variables.merging(changes) { $1 }
  }

  /// The new process's id, or -1 with errno set. It dies with the calling thread.
  func spawn() -> pid_t {
    Self.withCStrings(arguments) { arguments in
      guard let environment else { return spawn(arguments, nil) }
      return Self.withCStrings(environment.map { "\($0.key)=\($0.value)" }) { spawn(arguments, $0) }
    }
  }

  private typealias CStrings = UnsafePointer<UnsafePointer<CChar>>

  private func spawn(_ arguments: CStrings, _ environment: CStrings?) -> pid_t {
    daybook_spawn(
      program, arguments, environment, directory, user ?? uid_t.max, group ?? gid_t.max, standardOutput ?? -1,
      standardError ?? -1, signalWhenParentEnds)
  }

  /// The texts as C wants them, with a null pointer behind the last, which the imported type does not admit.
  private static func withCStrings<Result>(_ texts: [String], _ body: (CStrings) -> Result) -> Result {
    let copies: [UnsafeMutablePointer<CChar>?] = texts.map { strdup($0) } + [nil]
    defer { copies.forEach { free($0) } }
    return copies.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { preconditionFailure("BUG: an array of one element has no address") }
      return body(base.assumingMemoryBound(to: UnsafePointer<CChar>.self))
    }
  }
}

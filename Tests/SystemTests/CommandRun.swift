import Foundation
import Glibc
import Runtime

/// A program that is started, watched and waited for.
final class CommandRun {
  let processID: Int32
  private let outputPath: String
  private var status: Int32?

  /// - Parameters:
  ///   - words: the program's path and its arguments.
  ///   - user: as an ordinary user, when the tests run as root.
  init(_ words: [String], environment: [String: String], user: UInt32 = .max, group: UInt32 = .max) throws {
    var template = Array("\(NSTemporaryDirectory())/daybook-tool-XXXXXX".utf8CString)
    let file = mkstemp(&template)
    guard file >= 0 else { throw SystemTestError("mkstemp: errno \(errno)") }
    defer { close(file) }
    outputPath = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    var variables = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"]
    variables.merge(environment) { $1 }
    processID = try Spawner.shared.start(
      words, environment: variables, user: user, group: group, log: file)
  }

  deinit {
    if status == nil {
      kill(processID, SIGKILL)
      _ = wait()
    }
    unlink(outputPath)
  }

  /// Standard output and error, as they came.
  var output: String { (try? String(contentsOfFile: outputPath, encoding: .utf8)) ?? "" }

  var hasEnded: Bool {
    if status != nil { return true }
    var status: Int32 = 0
    guard waitpid(processID, &status, WNOHANG) == processID else { return false }
    self.status = status
    return true
  }

  /// Waits for its end; the exit code, or minus the signal's number. After the deadline it is killed.
  func wait(_ limit: Duration = .seconds(120)) -> Int32 {
    let deadline = MonotonicClock.deadline(after: limit)
    while !hasEnded {
      if MonotonicClock.now > deadline { kill(processID, SIGKILL) }
      MonotonicClock.sleep(for: .milliseconds(10))
    }
    let status = status ?? 0
    return status & 0x7F == 0 ? status >> 8 & 0xFF : -(status & 0x7F)
  }
}

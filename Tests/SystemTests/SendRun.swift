import Foundation
import Glibc
import Runtime
import TestSupport

/// `daybook send` with its arguments, under way.
final class SendRun {
  private let process = Process()
  private let folder = TemporaryFolder()

  /// `daybook`: whose service is sent to; nil: none. `input`: what standard input reads.
  init(_ daybook: RunningDaybook?, _ arguments: [String], input: String? = nil, settings: [String: String] = [:]) throws
  {
    process.executableURL = URL(fileURLWithPath: try RunningDaybook.executablePath())
    process.arguments = ["send"] + arguments
    var environment = ["PATH": "/usr/bin:/bin"]
    if let daybook { environment["DAYBOOK_COMMAND_LISTEN"] = "\(daybook.command)" }
    process.environment = environment.merging(settings) { $1 }
    process.standardInput = try input.map { try FileHandle(forReadingFrom: URL(fileURLWithPath: $0)) } ?? .nullDevice
    process.standardOutput = try file("output")
    process.standardError = try file("error")
    try process.run()
  }

  deinit { if process.isRunning { kill9() } }

  var hasEnded: Bool { !process.isRunning }

  func kill9() {
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  func wait() throws -> (status: Int32, output: String, error: String) {
    try waitUntil(deadline: .seconds(120), "daybook send ends") { hasEnded }
    process.waitUntilExit()
    return (process.terminationStatus, try text("output"), try text("error"))
  }

  /// How far the state of `path` says that it is; nil without a state.
  func stateOffset(_ path: String) -> Int? {
    guard let state = try? String(contentsOfFile: path + ".daybook-send", encoding: .utf8) else { return nil }
    return state.split(separator: "\n").first { $0.contains("\"offset\"") }.flatMap { Int($0.filter(\.isNumber)) }
  }

  private func file(_ name: String) throws -> FileHandle {
    let path = folder.path + "/" + name
    _ = FileManager.default.createFile(atPath: path, contents: nil)
    return try FileHandle(forWritingTo: URL(fileURLWithPath: path))
  }

  private func text(_ name: String) throws -> String {
    try String(contentsOfFile: folder.path + "/" + name, encoding: .utf8)
  }
}

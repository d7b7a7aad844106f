import Foundation
import TestSupport

/// A program that has run to its end.
struct ProgramRun {
  let status: Int32
  let output: String
  let error: String

  /// Runs `path`, waits for it and takes all that it says. `environment`: beside the tests' own.
  init(
    _ path: String, _ arguments: [String], input: String = "", environment: [String: String] = [:]
  ) throws {
    let process = Process()
    let output = Pipe()
    // Files for the others: no pipe can fill up while another one is read, and none can break.
    let folder = TemporaryFolder()
    let (inputFile, errorFile) = ("\(folder.path)/input", "\(folder.path)/error")
    try Data(input.utf8).write(to: URL(fileURLWithPath: inputFile))
    try Data().write(to: URL(fileURLWithPath: errorFile))
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: inputFile))
    process.standardOutput = output
    process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: errorFile))
    try process.run()
    self.output = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    status = process.terminationStatus
    error = try String(contentsOfFile: errorFile, encoding: .utf8)
  }

  /// `daybook` with these arguments.
  static func daybook(
    _ arguments: [String], input: String = "", environment: [String: String] = [:]
  ) throws -> ProgramRun {
    try ProgramRun(try RunningDaybook.executablePath(), arguments, input: input, environment: environment)
  }
}

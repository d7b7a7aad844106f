import Foundation
import Runtime
import TestSupport

/// What an engine logs.
final class LogText {
  private let folder = TemporaryFolder()
  private let file: FileHandle
  let logger: Logger

  init() throws {
    let path = folder.path + "/log"
    _ = FileManager.default.createFile(atPath: path, contents: nil)
    guard let file = FileHandle(forUpdatingAtPath: path) else { throw CocoaError(.fileReadUnknown) }
    self.file = file
    logger = Logger(program: "tests", level: .info, descriptor: file.fileDescriptor)
  }

  /// The lines that hold `text`.
  func lines(_ text: String) throws -> [String] {
    let all = try String(contentsOfFile: folder.path + "/log", encoding: .utf8)
    return all.split(separator: "\n").map(String.init).filter { $0.contains(text) }
  }
}

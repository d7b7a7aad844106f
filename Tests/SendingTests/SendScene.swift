import Foundation
import HTTPClient
import Runtime
import Sending
import TestSupport

/// An input in a folder of its own, sent to a service of the test's.
struct SendScene {
  let folder = TemporaryFolder()
  let path: String
  var settings: SendSettings

  init(_ text: String, _ service: RecordingService, _ format: SendFormat) throws {
    try self.init(Array(text.utf8), service, format)
  }

  init(_ bytes: [UInt8], _ service: RecordingService, _ format: SendFormat) throws {
    path = folder.path + "/input"
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    settings = SendSettings(format: format, mode: format.standardMode, endpoint: service.endpoint)
    settings.stateFile = path + ".daybook-send"
    settings.rejectedFile = path + ".rejected"
    settings.connections = 2
    settings.retryFor = .seconds(20)
  }

  func send(_ progress: (SendProgress) -> Void = { _ in }) throws -> SendReport {
    try Sender(settings).run(try InputSource(path), progress: progress)
  }

  /// What stands in the file of rejected records, without its heading.
  func rejected() throws -> [String] {
    try String(contentsOfFile: path + ".rejected", encoding: .utf8).split(separator: "\n").dropFirst().map(String.init)
  }

  var hasState: Bool { FileManager.default.fileExists(atPath: path + ".daybook-send") }

  /// Columns of the same name: `time`, and every other as a value of that metric.
  static func csv(
    time: String = "time", values: [(String, String)] = [("v", "m")], labels: [(key: String, value: String)] = [],
    labelColumns: [String] = [], delimiter: Character = ",", header: Bool = true, zone: String? = nil,
    unit: CSVTimeUnit? = nil
  ) throws -> SendFormat {
    .csv(
      try CSVSettings(
        delimiter: delimiter.asciiValue ?? 0x2C, hasHeader: header, time: try CSVColumn(time, hasHeader: header),
        timeUnit: unit, zone: zone,
        values: try values.map { CSVSettings.Value(column: try CSVColumn($0.0, hasHeader: header), metric: $0.1) },
        labelColumns: try labelColumns.map {
          CSVSettings.Label(column: try CSVColumn($0, hasHeader: header), name: $0)
        },
        labels: labels))
  }
}

extension SendReport {
  var isComplete: Bool {
    if case .complete = end { return true }
    return false
  }

  var failure: String? {
    if case .failed(let error) = end { return error.description }
    return nil
  }
}

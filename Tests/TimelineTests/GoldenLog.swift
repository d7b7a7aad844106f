import ColumnCodec
import Events
import Glibc
import ProjectionKit

/// A log that was recorded once, as it stands in a store: one line per event, `shard position payload` with the payload of
/// `SamplesRecorded` in hexadecimal, and the rows that each version of the projection makes of it.
///
/// With `DAYBOOK_RECORD_GOLDEN=1` both are written anew. The log is never to be changed, the rows of a version neither:
/// when they have to, it is another version.
enum GoldenLog {
  static let isRecording = getenv("DAYBOOK_RECORD_GOLDEN") != nil

  struct Broken: Error {
    let what: String
  }

  static func events() throws -> [DecodedEvent] {
    try lines("log.txt").map { line in
      let fields = line.split(separator: " ")
      guard fields.count == 3, let shard = Int(fields[0]), let position = Int64(fields[1]) else {
        throw Broken(what: String(line))
      }
      return try bytes(fields[2]).withUnsafeBytes { payload in
        let header = try SamplesRecorded.decode(payload, schemaVersion: 1)
        var samples = SampleColumns()
        try SamplesRecorded.decodeColumns(
          header.columns, count: header.count, shard: shard, shards: TimelineBench.shards, into: &samples)
        return DecodedEvent(
          shard: shard, position: position, recordedAt: TimelineBench.recordedAt, hash: [],
          content: .samplesRecorded(mode: header.mode, samples: samples))
      }
    }
  }

  static func record(_ events: [(shard: Int, mode: SampleMode, samples: SampleColumns)]) throws {
    var positions = [Int](repeating: 0, count: TimelineBench.shards)
    var lines: [String] = []
    for event in events {
      for part in SamplesRecorded.split(event.samples, shards: TimelineBench.shards) {
        positions[event.shard] += 1
        let payload = part.columns.withUnsafeBytes {
          SamplesRecorded.encode(
            mode: event.mode, count: part.range.count, compression: .none, columnsSize: part.columns.count, columns: $0)
        }
        lines.append("\(event.shard) \(positions[event.shard]) \(hexadecimal(payload))")
      }
    }
    try write(lines, to: "log.txt")
  }

  static func rows(version: Int) throws -> [String] { try lines("version-\(version).txt").map(String.init) }

  static func record(rows: [String], version: Int) throws { try write(rows, to: "version-\(version).txt") }

  // MARK: - Files

  private static func path(_ name: String) -> String {
    let file = #filePath
    return file[..<(file.lastIndex(of: "/") ?? file.startIndex)] + "/Golden/" + name
  }

  private static func lines(_ name: String) throws -> [Substring] {
    guard let file = fopen(path(name), "r") else { throw Broken(what: "cannot open \(path(name))") }
    defer { fclose(file) }
    var content: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { content += chunk[..<count] }
    return String(decoding: content, as: UTF8.self).split(separator: "\n")
  }

  private static func write(_ lines: [String], to name: String) throws {
    guard let file = fopen(path(name), "w") else { throw Broken(what: "cannot write \(path(name))") }
    defer { fclose(file) }
    fputs(lines.joined(separator: "\n") + "\n", file)
  }

  private static func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  private static func bytes(_ text: Substring) throws -> [UInt8] {
    let digits = Array(text.utf8)
    return try stride(from: 0, to: digits.count - 1, by: 2).map { place in
      guard let byte = UInt8(String(decoding: digits[place..<(place + 2)], as: UTF8.self), radix: 16) else {
        throw Broken(what: "no hexadecimal digits")
      }
      return byte
    }
  }
}

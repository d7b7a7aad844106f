import ColumnCodec
import Events
import ProjectionKit
import TestSupport

/// A log that was recorded once, as it stands in a store: one line per event, `shard position payload` with the payload of
/// `SamplesRecorded` in hexadecimal, and the rows that each version of the projection makes of it.
/// The log is never to be changed, the rows of a version neither (see `GoldenFolder`).
enum GoldenLog {
  private static let folder = GoldenFolder(beside: #filePath)

  static func events() throws -> [DecodedEvent] {
    try folder.lines("log.txt").map { line in
      let fields = line.split(separator: " ")
      guard fields.count == 3, let shard = Int(fields[0]), let position = Int64(fields[1]) else {
        throw GoldenFolder.Broken(what: line)
      }
      return try GoldenFolder.bytes(fields[2]).withUnsafeBytes { payload in
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
        lines.append("\(event.shard) \(positions[event.shard]) \(GoldenFolder.hexadecimal(payload))")
      }
    }
    try folder.write(lines, to: "log.txt")
  }

  static func rows(version: Int) throws -> [String] { try folder.lines("version-\(version).txt") }

  static func record(rows: [String], version: Int) throws { try folder.write(rows, to: "version-\(version).txt") }
}

import ColumnCodec
import Events
import Hashing
import TestSupport
import Testing

@Suite struct SeriesRegisteredTests {
  static func entry(_ index: Int64, _ name: String, _ labels: [(key: String, value: String)]) throws
    -> SeriesRegistered.Entry
  {
    let key = try SeriesKey(name: name, labels: labels)
    let hash = XXH3.hash128(key.canonical)
    return SeriesRegistered.Entry(
      id: SeriesID(index: index, shard: 3, shards: 8), fingerprintHigh: hash.high, fingerprintLow: hash.low, key: key)
  }

  static func unpack(_ columns: [UInt8], count: Int) throws -> [SeriesRegistered.Entry] {
    try columns.withUnsafeBytes {
      try SeriesRegistered.decodeColumns($0, count: count, shard: 3, shards: 8)
    }
  }

  static func hosts(_ count: Int) throws -> [SeriesRegistered.Entry] {
    try (0..<count).map {
      try entry(
        Int64($0), "cpu_usage_user",
        [("host", "host_\($0)"), ("region", "eu-central-\($0 % 9)"), ("rack", "\($0 % 100)"), ("team", "Zürich")])
    }
  }

  @Test func aHundredThousandSeriesComeBackFromSeveralEvents() throws {
    let entries = try Self.hosts(100_000)
    let parts = SeriesRegistered.split(entries, shards: 8)
    #expect(parts.count > 1)
    #expect(parts.allSatisfy { $0.columns.count <= SeriesRegistered.columnsLimit })
    var unpacked: [SeriesRegistered.Entry] = []
    for part in parts {
      let payload = part.columns.withUnsafeBytes {
        SeriesRegistered.encode(
          count: part.range.count, compression: .none, columnsSize: part.columns.count, columns: $0)
      }
      #expect(payload.count <= EventRecord.payloadLimit)
      try payload.withUnsafeBytes { payload in
        let header = try SeriesRegistered.decode(payload, schemaVersion: 1)
        unpacked += try SeriesRegistered.decodeColumns(header.columns, count: header.count, shard: 3, shards: 8)
      }
    }
    #expect(unpacked == entries)
  }

  @Test func theBiggestSeriesFitAndComeBack() throws {
    let labels: [(key: String, value: String)] = (0..<64).map {
      let number = ($0 < 10 ? "0" : "") + "\($0)"
      return (String(repeating: "é", count: 253) + number, number + String(repeating: "v", count: 1_022))
    }
    let entries = try (0..<20).map {
      try Self.entry(Int64($0), String(repeating: "𝄞", count: 254) + "\($0 % 10)", labels)
    }
    let parts = SeriesRegistered.split(entries, shards: 8)
    #expect(try parts.flatMap { try Self.unpack($0.columns, count: $0.range.count) } == entries)
  }

  @Test func aSeriesWithoutLabelsComesBack() throws {
    let entries = [try Self.entry(SeriesID.indexLimit - 1, "up", [])]
    let parts = SeriesRegistered.split(entries, shards: 8)
    #expect(try Self.unpack(parts[0].columns, count: 1) == entries)
    #expect(SeriesRegistered.split([], shards: 8).isEmpty)
  }

  @Test func damagedColumnsNeverTrap() throws {
    var random = SeededRandom()
    let columns = SeriesRegistered.split(try Self.hosts(30), shards: 8)[0].columns
    for _ in 0..<20_000 {
      _ = try? Self.unpack(Samples.mutated(columns, &random), count: Int.random(in: 29...31, using: &random))
      let noise = (0..<Int.random(in: 0...60, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      _ = try? Self.unpack(noise, count: 2)
    }
  }

  /// 8,192 series that all name the same two long texts 64 times: 30 kB that would unpack to a gigabyte.
  @Test func repeatedTextsCannotUnpackToMoreThanTheLimit() {
    let count = 8_192
    var buffer = ByteBuffer()
    func put(_ column: [Int64], _ buffer: inout ByteBuffer) {
      column.withUnsafeBufferPointer { IntegerColumn.encode($0, into: &buffer) }
    }
    put((0..<Int64(count)).map { $0 }, &buffer)
    buffer.putBytes([UInt8](repeating: 0, count: count * 16))
    buffer.putVarint(65)
    put([Int64](repeating: 1_000, count: 65), &buffer)
    for text in 0..<65 { buffer.putBytes([UInt8](repeating: 0x30 + UInt8(text), count: 1_000)) }
    put([Int64](repeating: 64, count: count), &buffer)
    put([Int64](repeating: 64, count: count), &buffer)
    put((0..<count * 64).map { Int64($0 % 64) }, &buffer)
    put([Int64](repeating: 64, count: count * 64), &buffer)
    #expect(throws: EventError.self) { try Self.unpack(buffer.bytes, count: count) }
  }
}

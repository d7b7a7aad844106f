import ColumnCodec
import Events
import TestSupport

/// Samples and payloads for the tests.
enum Samples {
  static let shards = 8

  /// Of shard 3, in step order, with values of two digits.
  static func regular(_ count: Int) -> SampleColumns {
    SampleColumns(
      series: (0..<count).map { Int64($0 % 125 * shards + 3) },
      times: (0..<count).map { 1_700_000_000_000_000_000 + Int64($0 / 125) * 10_000_000_000 },
      values: (0..<count).map { Double($0 * 7_919 % 10_007) / 100 })
  }

  /// Nothing in it that packing could use.
  static func incompressible(_ count: Int, _ random: inout SeededRandom) -> SampleColumns {
    var samples = SampleColumns()
    for _ in 0..<count {
      samples.append(
        series: Int64.random(in: 0..<SeriesID.indexLimit, using: &random) * Int64(shards) + 3,
        time: Int64(bitPattern: random.next()), value: Double(bitPattern: random.next()))
    }
    return samples
  }

  static func payload(_ part: SamplesRecorded.Part, mode: SampleMode) -> [UInt8] {
    part.columns.withUnsafeBytes {
      SamplesRecorded.encode(
        mode: mode, count: part.range.count, compression: .none, columnsSize: part.columns.count, columns: $0)
    }
  }

  /// Appends what a payload that is not compressed holds.
  static func unpack(_ payload: [UInt8], into samples: inout SampleColumns) throws -> SampleMode {
    try payload.withUnsafeBytes { payload in
      let header = try SamplesRecorded.decode(payload, schemaVersion: 1)
      try SamplesRecorded.decodeColumns(header.columns, count: header.count, shard: 3, shards: shards, into: &samples)
      return header.mode
    }
  }

  /// Equal bit by bit, which `==` of doubles is not.
  static func areSame(_ a: SampleColumns, _ b: SampleColumns) -> Bool {
    a.series == b.series && a.times == b.times && a.values.map(\.bitPattern) == b.values.map(\.bitPattern)
  }

  static func hex(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }.joined()
  }

  static func bytes(_ hex: String) -> [UInt8] {
    let digits = Array(hex.utf8)
    return stride(from: 1, to: digits.count, by: 2).map {
      UInt8(String(decoding: digits[$0 - 1...$0], as: UTF8.self), radix: 16) ?? 0
    }
  }

  /// One to three bytes changed, cut or inserted.
  static func mutated(_ bytes: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
      let end = Bool.random(using: &random) ? min(bytes.count, 40) : bytes.count
      let place = Int.random(in: 0..<end, using: &random)
      switch Int.random(in: 0...3, using: &random) {
      case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
      case 1: bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &random)
      case 2: bytes.removeSubrange(place...)
      default: bytes.insert(0xff, at: place)
      }
    }
    return bytes
  }
}

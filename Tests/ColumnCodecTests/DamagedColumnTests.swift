import ColumnCodec
import TestSupport
import Testing

/// Whatever the bytes are, reading them ends with values or an error.
@Suite struct DamagedColumnTests {
  private static let rounds = Environment.isFull ? 1_000_000 : 20_000

  @Test func randomBytesNeverTrap() {
    var random = SeededRandom()
    for _ in 0..<Self.rounds {
      var bytes = (0..<Int.random(in: 0...80, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      // Half of them start with a scheme that exists.
      if !bytes.isEmpty, Bool.random(using: &random) { bytes[0] &= 7 }
      read(bytes, count: Int.random(in: 0...600, using: &random))
    }
  }

  @Test func mutatedColumnsNeverTrap() {
    var random = SeededRandom()
    for _ in 0..<(Self.rounds / 20) {
      let integers = IntegerColumnTests.mixture(&random)
      let doubles = DoubleColumnTests.mixture(&random)
      for (bytes, count) in [
        (Columns.pack(integers), integers.count), (Columns.pack(times: integers), integers.count),
        (Columns.pack(doubles: doubles), doubles.count),
      ] {
        for _ in 0..<7 { read(mutated(bytes, &random), count: count) }
        read(bytes, count: count + Int.random(in: -3...3, using: &random))
      }
    }
  }

  private func read(_ bytes: [UInt8], count: Int) {
    let count = max(count, 0)
    _ = try? Columns.integers(bytes, count: count)
    _ = try? Columns.times(bytes, count: count)
    _ = try? Columns.doubles(bytes, count: count)
  }

  private func mutated(_ bytes: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
      // The heads decide: half of the damage goes there.
      let end = Bool.random(using: &random) ? min(bytes.count, 12) : bytes.count
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

  @Test func shortenedColumnsAreRefused() {
    let columns: [([UInt8], Int)] = [
      (Columns.pack((0..<300).map { $0 * $0 * 7_919 % 100_003 }), 300), (Columns.pack([.min, .max, 3]), 3),
      (Columns.pack((0..<300).map { $0 / 10 }), 300),
    ]
    for (bytes, count) in columns {
      for end in 0..<bytes.count {
        #expect(throws: ColumnError.self) { try Columns.integers([UInt8](bytes[..<end]), count: count) }
      }
    }
  }

  @Test func runsInsideOfRunsAreRefused() {
    let nested: [UInt8] = [2, 1, 2, 1, 0, 0, 0, 2, 0, 2]
    #expect(throws: ColumnError.self) { try Columns.integers(nested, count: 1) }
  }

  @Test func runsThatDoNotFillTheColumnAreRefused() {
    for length: UInt8 in [0, 1, 4, 8] {
      let bytes: [UInt8] = [2, 1, 0, 5, 0, length]
      #expect(throws: ColumnError.self) { try Columns.integers(bytes, count: 3) }
    }
    #expect((try? Columns.integers([2, 1, 0, 5, 0, 6], count: 3)) == [-3, -3, -3])
  }
}

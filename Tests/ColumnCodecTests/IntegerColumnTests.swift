import ColumnCodec
import TestSupport
import Testing

@Suite struct IntegerColumnTests {
  static let extremes: [Int64] = [.min, .max, 0, -1, 1, .min + 1, .max - 1, 1 << 62, -(1 << 62)]

  @Test func everyShapeComesBack() throws {
    var shapes: [[Int64]] = [
      [], [0], [.min], [.max], [7, 7, 7], [.min, .max], [.max, .min], [.min, .min, .max, .max], Self.extremes,
      (0..<1_000).map { $0 * 60_000 }, (0..<1_000).map { $0 / 10 * 10_000 + 1_700_000_000_000 },
      (0..<1_000).map { $0 % 125 }, (0..<1_000).map { $0 * $0 }, (0..<1_000).map { $0 % 2 == 0 ? .min : .max },
      (0..<500).map { .min &+ .max / 100 &* $0 },
    ]
    for count in [1, 2, 3, 127, 128, 129, 130, 131, 255, 256, 257, 258, 259, 1_000] {
      shapes.append((0..<Int64(count)).map { $0 &* $0 &* -0x61c8_8646_80b5_83eb })
    }
    for values in shapes {
      #expect(try Columns.integers(Columns.pack(values), count: values.count) == values)
    }
  }

  @Test func everyWidthComesBackInEveryBlockLength() throws {
    var random = SeededRandom()
    for width in 0...64 {
      let mask = width == 0 ? 0 : UInt64.max >> UInt64(64 - width)
      for count in [1, 2, 5, 63, 127, 128, 129, 128 * 3 + 17] {
        let base = Int64(bitPattern: random.next())
        var values = (0..<count).map { _ in base &+ Int64(bitPattern: random.next() & mask) }
        values[count / 2] = base &+ Int64(bitPattern: mask)
        #expect(try Columns.integers(Columns.pack(values), count: count) == values, "width \(width), \(count) values")
      }
    }
  }

  @Test func randomMixturesComeBack() throws {
    var random = SeededRandom()
    for _ in 0..<(Environment.isFull ? 20_000 : 1_000) {
      let values = Self.mixture(&random)
      #expect(try Columns.integers(Columns.pack(values), count: values.count) == values)
    }
  }

  /// Runs, steps, noise of some width and extremes, one after the other.
  static func mixture(_ random: inout SeededRandom) -> [Int64] {
    var values: [Int64] = []
    var value = Int64(bitPattern: random.next()) >> Int64.random(in: 0...63, using: &random)
    for _ in 0..<Int.random(in: 1...6, using: &random) {
      let step = Int64(bitPattern: random.next()) >> Int64.random(in: 0...63, using: &random)
      let kind = Int.random(in: 0...4, using: &random)
      for _ in 0..<Int.random(in: 0...200, using: &random) {
        switch kind {
        case 0: break
        case 1: value &+= step
        case 2: value = step &+ Int64(bitPattern: random.next()) >> 50
        case 3: value &+= step & Int64(bitPattern: random.next())
        default: value = extremes.randomElement(using: &random) ?? 0
        }
        values.append(value)
      }
    }
    return values
  }

  @Test func smallColumnsAreTiny() {
    #expect(Columns.pack([]) == [])
    #expect(Columns.pack([5]).count == 2)
    #expect(Columns.pack([Int64](repeating: -3, count: 10_000)).count == 2)
    #expect(Columns.pack((0..<10_000).map { $0 * 8 }).count == 3)
  }

  @Test func oneTimestampForTenFieldsCostsNextToNothing() {
    let times: [Int64] = (0..<10_000).map { 1_700_000_000_000 + $0 / 10 * 10_000 }
    #expect(Columns.pack(times).count < 20)
  }

  @Test func seriesInStepOrderCostNextToNothing() {
    let series: [Int64] = (0..<10_000).map { $0 % 125 }
    #expect(Columns.pack(series).count < 10_000 / 32)
  }

  @Test func aRegularTimeWithJitterCostsTheBitsOfTheJitter() {
    var random = SeededRandom(seed: 1)
    let times = (0..<12_800).map { 1_700_000_000_000 + $0 * 10_000 + Int64.random(in: 0..<8, using: &random) }
    #expect(Columns.pack(times).count < 12_800 * 5 / 8)
  }
}

import ColumnCodec
import TestSupport
import Testing

@Suite struct DoubleColumnTests {
  static let nasty: [Double] = [
    0, -0.0, .infinity, -.infinity, .nan, .signalingNaN, Double(bitPattern: 0x7ff0_0000_0000_0002),
    Double(bitPattern: 0xfff8_dead_beef_cafe), .leastNonzeroMagnitude, -.leastNonzeroMagnitude, .leastNormalMagnitude,
    .greatestFiniteMagnitude, -.greatestFiniteMagnitude, 0x1p53, 0x1p53 - 1, 0x1p53 + 2, -0x1p53, 0x1p63, -0x1p63,
    0x1p64, 0x1p52 + 0.5, 0x1p51 + 0.25, 0.1, 0.2, 0.3, 1.0 / 3, 1e-300, 1e300, 1e15, 1e16, 1e22, 1e23, 123456.789,
    0.1 + 0.2, 4.35, 2.675, 1.005, 1e-18, 5e-19,
  ]

  /// Comparing bits: NaN is unequal to itself and -0 equal to 0.
  private func expectSame(_ values: [Double]) throws {
    let unpacked = try Columns.doubles(Columns.pack(doubles: values), count: values.count)
    #expect(unpacked.map(\.bitPattern) == values.map(\.bitPattern))
  }

  @Test func nastyValuesComeBackBitByBit() throws {
    try expectSame([])
    try expectSame(Self.nasty)
    for value in Self.nasty {
      try expectSame([value])
      try expectSame([Double](repeating: value, count: 300))
      try expectSame([value, 1.25] + [Double](repeating: value, count: 3))
    }
  }

  @Test func everyBitPatternComesBack() throws {
    var random = SeededRandom()
    for _ in 0..<(Environment.isFull ? 5_000 : 200) {
      let count = Int.random(in: 1...700, using: &random)
      try expectSame((0..<count).map { _ in Double(bitPattern: random.next()) })
    }
  }

  @Test func mixturesComeBack() throws {
    var random = SeededRandom()
    for _ in 0..<(Environment.isFull ? 20_000 : 1_000) { try expectSame(Self.mixture(&random)) }
  }

  /// Decimals of some digits, now and then broken by something nasty, thirds or a Float.
  static func mixture(_ random: inout SeededRandom) -> [Double] {
    let scale: Double = [1.0, 10, 100, 1_000, 1e6, 1e9, 1e17, 1e18].randomElement(using: &random) ?? 1
    let size: Int64 = .random(in: 0...53, using: &random)
    let rare = Int.random(in: 1...100, using: &random)
    return (0..<Int.random(in: 1...600, using: &random)).map { _ -> Double in
      let integer = Int64(bitPattern: random.next()) >> (10 + size)
      let value = Double(integer) / scale
      guard Int.random(in: 0..<rare, using: &random) == 0 else { return value }
      switch Int.random(in: 0...2, using: &random) {
      case 0: return Self.nasty.randomElement(using: &random) ?? 0
      case 1: return value / 3
      default: return Double(Float(value))
      }
    }
  }

  @Test func twoDigitsCostTheBitsOfTheirIntegers() {
    var random = SeededRandom(seed: 2)
    let values = (0..<12_800).map { _ in Double(Int.random(in: 0..<4_096, using: &random)) / 100 }
    #expect(Columns.pack(doubles: values).count < 12_800 * 13 / 8)
  }

  @Test func wholeNumbersUpTo53BitsArePackedAsThese() {
    let values = (0..<1_280).map { 0x1p53 - Double($0 % 256) }
    #expect(Columns.pack(doubles: values).count < 1_280 * 10 / 8)
  }

  @Test func floatsDropTheBitsThatTheyDoNotHave() {
    var random = SeededRandom(seed: 3)
    let values = (0..<1_280).map { _ in Double(Float.random(in: 0..<1, using: &random)) }
    #expect(Columns.pack(doubles: values).count < 1_280 * 36 / 8)
  }

  @Test func whatIsNotDecimalCostsNoMoreThanItsBits() {
    var random = SeededRandom(seed: 4)
    let values = (0..<1_280).map { _ in Double(bitPattern: random.next()) }
    #expect(Columns.pack(doubles: values).count <= 1_280 * 8 + 10 * 12)
  }

  @Test func fewStrangersDoNotSpoilAColumnOfDecimals() {
    let values = (0..<1_280).map { $0 % 128 == 5 ? Double.nan : Double($0 % 100) / 100 }
    #expect(Columns.pack(doubles: values).count < 1_280)
  }

  @Test func aSingleValueIsTiny() {
    #expect(Columns.pack(doubles: [12.34]).count == 4)
    #expect(Columns.pack(doubles: [0]).count == 3)
    for value in Self.nasty { #expect(Columns.pack(doubles: [value]).count <= 11) }
  }
}

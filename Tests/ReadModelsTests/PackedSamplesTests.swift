import ReadModels
import TestSupport
import Testing

@Suite struct PackedSamplesTests {
  @Test func samplesComeBackBitExact() throws {
    var random = SeededRandom()
    for count in [1, 2, 127, 128, 129, 4_096] {
      var naive = NaiveSeries()
      let shape = OperationShape(count: count, slots: 0...0, grain: 1, times: .min...(.max))
      for operation in shape.operations(&random) { naive.apply(operation) }
      let samples = naive.samples(0)
      #expect(try PackedSamples.decode(PackedSamples.encode(samples)) == samples)
    }
  }

  @Test func anHourOfTenSecondStepsTakesTwoBytesASample() {
    let samples = SeriesSamples(
      times: (0..<360).map { 1_700_000_000_000_000_000 + $0 * 10_000_000_000 },
      values: (0..<360).map { Double(($0 * 7_919) % 10_000) / 100 })
    #expect(PackedSamples.encode(samples).count < 2 * 360 + 64)
  }

  @Test func damagedBytesThrowAndNeverTrap() {
    var random = SeededRandom()
    let samples = SeriesSamples(times: (0..<300).map { $0 * $0 }, values: (0..<300).map { Double($0) / 3 })
    let good = PackedSamples.encode(samples)
    for _ in 0..<1_000 {
      let bad = Damage.damaged(good, &random)
      var target = SeriesSamples(times: [1], values: [1])
      do {
        try PackedSamples.append(bad, to: &target)
      } catch {
        #expect(target == SeriesSamples(times: [1], values: [1]), "an error leaves what was there")
      }
    }
    #expect(throws: ReadModelError.self) { try PackedSamples.decode([]) }
    #expect(throws: ReadModelError.self) { try PackedSamples.decode(good + [0]) }
  }
}

/// One sample of one series.
struct TestSample: Hashable {
  var series: Int64
  var time: Int64
  var value: Double
}

extension TestSample {
  /// Samples with few decimals and now and then a value that breaks careless sums.
  static func random(
    _ count: Int, series: ClosedRange<Int64>, times: ClosedRange<Int64>, grain: Int64,
    _ random: inout some RandomNumberGenerator
  ) -> [TestSample] {
    (0..<count).map { _ in
      let time = Int64.random(in: times, using: &random)
      let value =
        switch Int.random(in: 0..<20, using: &random) {
        case 0: [Double.nan, .infinity, -.infinity, -0.0].randomElement(using: &random) ?? 0
        default: Double(Int.random(in: -50_000...50_000, using: &random)) / 100
        }
      return TestSample(series: .random(in: series, using: &random), time: time - time % grain, value: value)
    }
  }
}

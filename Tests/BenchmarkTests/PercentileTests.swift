import Benchmark
import Testing

struct PercentileTests {
  @Test(arguments: [(0.0, 1), (0.5, 5), (0.51, 6), (0.99, 10), (1.0, 10), (7.0, 10), (-1.0, 1)])
  func itIsTheSmallestValueThatThePartDoesNotExceed(part: Double, expected: Int) {
    #expect(Percentile.of([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], part) == expected)
  }

  @Test func ofNothingThereIsNone() {
    #expect(Percentile.of([Int](), 0.5) == nil)
  }
}

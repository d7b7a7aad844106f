/// A sample in a test; `time` in nanoseconds since 1970.
package struct TestSample: Sendable {
  package let series: TestSeries
  package let time: Int64
  package let value: Double

  package init(_ series: TestSeries, at time: Int64, _ value: Double) {
    self.series = series
    self.time = time
    self.value = value
  }
}

/// Samples as three columns of equal length, in the order in which they were sent.
package struct SampleColumns: Hashable, Sendable {
  /// Raw values of `SeriesID`.
  package var series: [Int64]
  /// Nanoseconds since 1970 UTC.
  package var times: [Int64]
  package var values: [Double]

  package init() {
    series = []
    times = []
    values = []
  }

  package init(series: [Int64], times: [Int64], values: [Double]) {
    precondition(
      series.count == times.count && times.count == values.count, "BUG: sample columns of unequal length")
    self.series = series
    self.times = times
    self.values = values
  }

  @inlinable
  package var count: Int { values.count }

  @inlinable
  package var isEmpty: Bool { values.isEmpty }

  @inlinable
  package mutating func append(series id: Int64, time: Int64, value: Double) {
    series.append(id)
    times.append(time)
    values.append(value)
  }

  package mutating func reserveCapacity(_ capacity: Int) {
    series.reserveCapacity(capacity)
    times.reserveCapacity(capacity)
    values.reserveCapacity(capacity)
  }

  package mutating func removeAll(keepingCapacity: Bool) {
    series.removeAll(keepingCapacity: keepingCapacity)
    times.removeAll(keepingCapacity: keepingCapacity)
    values.removeAll(keepingCapacity: keepingCapacity)
  }

  /// The first and the last time among the samples of `range`; nil when that is empty.
  package func times(of range: Range<Int>) -> ClosedRange<Int64>? {
    guard !range.isEmpty else { return nil }
    return times.withUnsafeBufferPointer { times in
      var least = times[range.lowerBound]
      var greatest = least
      for index in range {
        let time = times[index]
        if time < least { least = time }
        if time > greatest { greatest = time }
      }
      return least...greatest
    }
  }
}

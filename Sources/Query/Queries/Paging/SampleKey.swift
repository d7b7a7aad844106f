package import Events

/// The place of a sample among all of a query: series by rising id, each in canonical order.
package struct SampleKey: Hashable, Sendable {
  package let series: SeriesID
  /// Nanoseconds since 1970.
  package let time: Int64
  /// The bits of the value.
  package let value: UInt64
  /// Which of the samples with this time and value it is, from 1: observed ones may be there several times.
  package let copy: Int64

  package init(series: SeriesID, time: Int64, value: UInt64, copy: Int64) {
    self.series = series
    self.time = time
    self.value = value
    self.copy = copy
  }
}

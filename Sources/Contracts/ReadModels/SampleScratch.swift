/// Memory that buckets are unpacked into, one after the other, so that reading many of them allocates nothing. Belongs to
/// one thread.
package final class SampleScratch {
  /// As many as were unpacked last; `values` beside them.
  private(set) var times: UnsafeMutablePointer<Int64>
  private(set) var values: UnsafeMutablePointer<Double>
  private var capacity: Int
  /// Samples that are moved aside while others are put in their place.
  private(set) var asideTimes: UnsafeMutablePointer<Int64>
  private(set) var asideValues: UnsafeMutablePointer<Double>
  private var asideCapacity: Int
  /// The minutes of an hour: their starts, numbers of samples and aggregates.
  let starts: UnsafeMutablePointer<Int64> = .allocate(capacity: SampleScratch.minutes)
  let stored: UnsafeMutablePointer<Int64> = .allocate(capacity: SampleScratch.minutes)
  let aggregates: UnsafeMutablePointer<Aggregate> = .allocate(capacity: SampleScratch.minutes)
  static let minutes = 60
  private static let firstCapacity = 1_024

  package init() {
    capacity = Self.firstCapacity
    times = .allocate(capacity: capacity)
    values = .allocate(capacity: capacity)
    asideCapacity = 0
    asideTimes = .allocate(capacity: 0)
    asideValues = .allocate(capacity: 0)
  }

  deinit {
    times.deallocate()
    values.deallocate()
    asideTimes.deallocate()
    asideValues.deallocate()
    starts.deallocate()
    stored.deallocate()
    aggregates.deallocate()
  }

  /// Makes room for `count` samples behind the first `kept`, which stay; others that were there are lost.
  func reserve(_ count: Int, behind kept: Int = 0) {
    guard kept + count > capacity else { return }
    let (oldTimes, oldValues) = (times, values)
    capacity = max(kept + count, capacity * 2)
    times = .allocate(capacity: capacity)
    values = .allocate(capacity: capacity)
    times.update(from: oldTimes, count: kept)
    values.update(from: oldValues, count: kept)
    oldTimes.deallocate()
    oldValues.deallocate()
  }

  /// Copies samples to `asideTimes` and `asideValues`.
  func moveAside(_ range: Range<Int>) {
    if range.count > asideCapacity {
      asideTimes.deallocate()
      asideValues.deallocate()
      asideCapacity = max(range.count, asideCapacity * 2)
      asideTimes = .allocate(capacity: asideCapacity)
      asideValues = .allocate(capacity: asideCapacity)
    }
    asideTimes.update(from: times + range.lowerBound, count: range.count)
    asideValues.update(from: values + range.lowerBound, count: range.count)
  }
}

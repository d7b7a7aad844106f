/// Memory that buckets are unpacked into, one after the other, so that reading many of them allocates nothing. Belongs to
/// one thread.
package final class SampleScratch {
  /// As many as were unpacked last; `values` beside them.
  private(set) var times: UnsafeMutablePointer<Int64>
  private(set) var values: UnsafeMutablePointer<Double>
  private var capacity: Int
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
  }

  deinit {
    times.deallocate()
    values.deallocate()
    starts.deallocate()
    stored.deallocate()
    aggregates.deallocate()
  }

  /// Makes room for `count` samples; what was there is lost.
  func reserve(_ count: Int) {
    guard count > capacity else { return }
    times.deallocate()
    values.deallocate()
    capacity = max(count, capacity * 2)
    times = .allocate(capacity: capacity)
    values = .allocate(capacity: capacity)
  }
}

import Synchronization

/// Counts of observations per range. Any thread.
package final class Histogram: Sendable {
  /// Seconds, from 0.5 ms to 10 s.
  package static let latencyBounds: [Double] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
  ]

  /// Upper bounds, ascending; what is above the last one is counted, too.
  package let bounds: [Double]
  private let state: Mutex<(counts: [UInt64], sum: Double)>

  package init(bounds: [Double]) {
    self.bounds = bounds
    state = Mutex((Array(repeating: 0, count: bounds.count + 1), 0))
  }

  package func observe(_ value: Double) {
    let index = bounds.firstIndex { value <= $0 } ?? bounds.count
    state.withLock {
      $0.counts[index] += 1
      $0.sum += value
    }
  }

  /// Observes the time since `start`, of `MonotonicClock`, in seconds.
  package func observe(since start: UInt64) {
    observe(Double(MonotonicClock.now &- start) / 1e9)
  }

  /// Observations per range, not added up; one more than `bounds`.
  package func snapshot() -> (counts: [UInt64], sum: Double) { state.withLock { $0 } }
}

import Runtime

/// When each request of a load is due. A value without clock.
package struct HTTPLoadPace: Sendable {
  /// Requests a second; nil: as fast as answers come.
  package let rate: Double?
  /// From when on no request is due any more; nil: never.
  package let duration: Duration?

  package static let full = HTTPLoadPace(rate: nil, duration: nil)

  package init(rate: Double?, duration: Duration? = nil) {
    precondition(rate.map { $0 > 0 } ?? true, "BUG: a load with a rate of \(rate ?? 0)")
    self.rate = rate
    self.duration = duration
  }

  /// Nanoseconds after the start at which request `index` is due. `elapsed`: how long the load has run, which is the
  /// answer where there is no rate. Nil: the load is over.
  package func due(_ index: Int, elapsed: UInt64) -> UInt64? {
    let due = rate.map { UInt64(Double(index) / $0 * 1e9) } ?? elapsed
    if let duration, due >= UInt64(max(0, duration.nanoseconds)) { return nil }
    return due
  }
}

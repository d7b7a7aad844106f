/// Samples of one series, in canonical order (`CanonicalOrder`).
package struct SeriesSamples: Sendable {
  /// Nanoseconds since 1970; as many as `values`.
  package var times: [Int64]
  package var values: [Double]

  package init(times: [Int64] = [], values: [Double] = []) {
    precondition(times.count == values.count, "BUG: \(times.count) times for \(values.count) values")
    self.times = times
    self.values = values
  }

  package var count: Int { times.count }
  package var isEmpty: Bool { times.isEmpty }

  package mutating func append(time: Int64, value: Double) {
    times.append(time)
    values.append(value)
  }

  /// Appends samples that lie after all of these.
  package mutating func append(contentsOf later: SeriesSamples) {
    times.append(contentsOf: later.times)
    values.append(contentsOf: later.values)
  }

  /// The index of the first sample at or after a time.
  package func lowerBound(_ time: Int64) -> Int {
    times.withUnsafeBufferPointer { SortedTimes.lowerBound($0, time) }
  }
}

/// Equality is that of bits.
extension SeriesSamples: Equatable {
  package static func == (left: SeriesSamples, right: SeriesSamples) -> Bool {
    left.times == right.times && left.values.elementsEqual(right.values) { $0.bitPattern == $1.bitPattern }
  }
}

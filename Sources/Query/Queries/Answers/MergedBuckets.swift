import ReadModels

/// The buckets of several series put together: at each start the aggregate over all of them.
struct MergedBuckets {
  /// Rising; as many as `aggregates`.
  private(set) var starts: [Int64] = []
  private(set) var aggregates: [Aggregate] = []

  /// Adds one more series; returns how many buckets that adds. Sums depend on the order to their last bits, so the order of
  /// calls must be a fixed one.
  mutating func merge(_ other: TimelineBuckets) -> Int {
    if starts == other.starts {
      other.aggregates.withUnsafeBufferPointer { others in
        aggregates.withUnsafeMutableBufferPointer { aggregates in
          for index in aggregates.indices { aggregates[index].merge(others[index]) }
        }
      }
      return 0
    }
    if starts.isEmpty {
      (starts, aggregates) = (other.starts, other.aggregates)
      return starts.count
    }
    let before = starts.count
    var merged = MergedBuckets()
    merged.reserve(max(starts.count, other.count))
    var (old, new) = (0, 0)
    while old < starts.count || new < other.count {
      let takesOld = old < starts.count && (new == other.count || starts[old] <= other.starts[new])
      let takesNew = new < other.count && (old == starts.count || other.starts[new] <= starts[old])
      var aggregate = takesOld ? aggregates[old] : other.aggregates[new]
      if takesOld, takesNew { aggregate.merge(other.aggregates[new]) }
      merged.starts.append(takesOld ? starts[old] : other.starts[new])
      merged.aggregates.append(aggregate)
      if takesOld { old += 1 }
      if takesNew { new += 1 }
    }
    self = merged
    return starts.count - before
  }

  private mutating func reserve(_ count: Int) {
    starts.reserveCapacity(count)
    aggregates.reserveCapacity(count)
  }
}

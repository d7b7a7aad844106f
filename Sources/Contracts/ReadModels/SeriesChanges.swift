/// Everything that a stretch of events does to one series, resolved: first, at each time that has an entry with
/// `clears`, the samples that the series has are removed; then all entries are added.
///
/// Entries lie in canonical order, and those of one time have the same `clears`. Applying the changes of two stretches
/// one after the other is the same as applying those of both resolved together.
package struct SeriesChanges: Sendable {
  package let samples: SeriesSamples
  /// Per entry: whether the samples that the series had at that time are removed.
  package let clears: [Bool]

  package init() {
    samples = SeriesSamples()
    clears = []
  }

  package var count: Int { clears.count }
  package var isEmpty: Bool { clears.isEmpty }

  /// Resolved entries, in canonical order.
  init(samples: SeriesSamples, clears: [Bool]) {
    self.samples = samples
    self.clears = clears
  }

  /// The indexes of the entries with times in `first ... last`.
  package func indices(from first: Int64, through last: Int64) -> Range<Int> {
    let lower = samples.lowerBound(first)
    let upper = last == .max ? count : samples.lowerBound(last + 1)
    return lower..<Swift.max(lower, upper)
  }

  /// The buckets in which there are entries, rising.
  package func buckets(_ level: BucketLevel) -> [Int32] {
    var buckets: [Int32] = []
    var index = 0
    while index < count {
      let bucket = level.bucket(of: samples.times[index])
      buckets.append(bucket)
      index = indices(from: samples.times[index], through: level.last(of: bucket)).upperBound
    }
    return buckets
  }

  /// The samples of a stretch of time after the changes, given those before: `existing` are all that the series has
  /// between the first and the last of the entries `range`, and may be more.
  package func applied(_ range: Range<Int>, to existing: SeriesSamples) -> SeriesSamples {
    var times: [Int64] = []
    let values = [Double](unsafeUninitializedCapacity: existing.count + range.count) { values, count in
      times = [Int64](unsafeUninitializedCapacity: existing.count + range.count) { times, timesCount in
        existing.times.withUnsafeBufferPointer { oldTimes in
          existing.values.withUnsafeBufferPointer { oldValues in
            guard let times = times.baseAddress, let values = values.baseAddress else { return }
            count = merge(range, oldTimes.baseAddress, oldValues.baseAddress, existing.count, into: times, values)
          }
        }
        timesCount = count
      }
    }
    return SeriesSamples(times: times, values: values)
  }

  /// As `applied`, in place: the first `existing` samples of `scratch` are those before, and as many as it returns those
  /// after.
  func apply(_ range: Range<Int>, to scratch: SampleScratch, existing: Int) -> Int {
    guard let first = range.first else { return existing }
    // Most samples are newer than all before.
    let kept = SortedTimes.lowerBound(UnsafeBufferPointer(start: scratch.times, count: existing), samples.times[first])
    scratch.moveAside(kept..<existing)
    scratch.reserve(existing - kept + range.count, behind: kept)
    return kept
      + merge(
        range, scratch.asideTimes, scratch.asideValues, existing - kept, into: scratch.times + kept,
        scratch.values + kept)
  }

  /// Writes `oldCount` samples after the changes, at most `oldCount + range.count`; returns how many they are.
  private func merge(
    _ range: Range<Int>, _ oldTimes: UnsafePointer<Int64>?, _ oldValues: UnsafePointer<Double>?, _ oldCount: Int,
    into times: UnsafeMutablePointer<Int64>, _ values: UnsafeMutablePointer<Double>
  ) -> Int {
    samples.times.withUnsafeBufferPointer { newTimes in
      samples.values.withUnsafeBufferPointer { newValues in
        var count = 0
        var old = 0
        var new = range.lowerBound
        if let oldTimes, let oldValues {
          while old < oldCount, new < range.upperBound {
            let (oldTime, time) = (oldTimes[old], newTimes[new])
            if oldTime == time, clears[new] {
              old += 1
            } else if oldTime < time
              || oldTime == time && CanonicalOrder.key(oldValues[old]) <= CanonicalOrder.key(newValues[new])
            {
              times[count] = oldTime
              values[count] = oldValues[old]
              count += 1
              old += 1
            } else {
              times[count] = time
              values[count] = newValues[new]
              count += 1
              new += 1
            }
          }
          (times + count).update(from: oldTimes + old, count: oldCount - old)
          (values + count).update(from: oldValues + old, count: oldCount - old)
          count += oldCount - old
        }
        while new < range.upperBound {
          times[count] = newTimes[new]
          values[count] = newValues[new]
          count += 1
          new += 1
        }
        return count
      }
    }
  }

  /// All samples after the changes, given all before.
  package func applied(to existing: SeriesSamples) -> SeriesSamples {
    applied(0..<count, to: existing)
  }
}

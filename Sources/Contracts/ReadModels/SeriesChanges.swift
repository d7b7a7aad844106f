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
    var result = SeriesSamples()
    result.times.reserveCapacity(existing.count + range.count)
    result.values.reserveCapacity(existing.count + range.count)
    var old = 0
    var new = range.lowerBound
    while old < existing.count || new < range.upperBound {
      guard new < range.upperBound else {
        result.times.append(contentsOf: existing.times[old...])
        result.values.append(contentsOf: existing.values[old...])
        break
      }
      let time = samples.times[new]
      if old < existing.count {
        let oldTime = existing.times[old]
        if oldTime < time {
          result.append(time: oldTime, value: existing.values[old])
          old += 1
          continue
        }
        if oldTime == time {
          if clears[new] {
            old += 1
            continue
          }
          if CanonicalOrder.key(existing.values[old]) <= CanonicalOrder.key(samples.values[new]) {
            result.append(time: oldTime, value: existing.values[old])
            old += 1
            continue
          }
        }
      }
      result.append(time: time, value: samples.values[new])
      new += 1
    }
    return result
  }

  /// All samples after the changes, given all before.
  package func applied(to existing: SeriesSamples) -> SeriesSamples {
    applied(0..<count, to: existing)
  }
}

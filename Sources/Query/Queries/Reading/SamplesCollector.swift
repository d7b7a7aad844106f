import Events
import ReadModels

/// Fills a page with samples: what lies behind the page's key, up to its limit, and whether there is more.
struct SamplesCollector {
  /// By rising id, each with at least one sample.
  private(set) var series: [(id: SeriesID, samples: SeriesSamples)] = []
  private(set) var hasMore = false
  private let limit: Int
  private let start: SampleKey?
  private var count = 0

  init(limit: Int, behind start: SampleKey?) {
    self.limit = limit
    self.start = start
  }

  /// Takes the next samples of the series in order. The start's series must come from the start's time on, and all samples
  /// of one time together.
  /// - Returns: whether more is wanted.
  mutating func add(_ id: SeriesID, _ found: SeriesSamples) -> Bool {
    let first = firstNew(id, found)
    let end = min(found.count, first + limit - count)
    if first < end { append(id, found, first..<end) }
    if end < found.count { hasMore = true }
    return !hasMore
  }

  /// What the page ends with; nil when it is empty.
  var end: SampleKey? {
    guard let (id, samples) = series.last, let time = samples.times.last, let value = samples.values.last else {
      return nil
    }
    let bits = value.bitPattern
    var copies = 0
    for index in samples.times.indices.reversed() {
      guard samples.times[index] == time, samples.values[index].bitPattern == bits else { break }
      copies += 1
    }
    var before: Int64 = 0
    if let start, copies == samples.count, start.series == id, start.time == time, start.value == bits {
      before = start.copy
    }
    return SampleKey(series: id, time: time, value: bits, copy: before + Int64(copies))
  }

  private mutating func append(_ id: SeriesID, _ found: SeriesSamples, _ range: Range<Int>) {
    count += range.count
    let samples = SeriesSamples(times: Array(found.times[range]), values: Array(found.values[range]))
    if series.last?.id == id {
      series[series.count - 1].samples.append(contentsOf: samples)
    } else {
      series.append((id, samples))
    }
  }

  /// The index of the first sample behind the start.
  private func firstNew(_ id: SeriesID, _ found: SeriesSamples) -> Int {
    guard let start, start.series == id else { return 0 }
    let value = Double(bitPattern: start.value)
    var copies: Int64 = 0
    for index in 0..<found.count {
      let (time, other) = (found.times[index], found.values[index])
      if CanonicalOrder.precedes(time, other, start.time, value) { continue }
      guard time == start.time, other.bitPattern == start.value, copies < start.copy else { return index }
      copies += 1
    }
    return found.count
  }
}

import Events
import Queries
import QueryTestSupport

/// What was recorded, kept in the plainest way, and what follows from it: written from the rules, without the code that it
/// is compared with.
struct PlainModel {
  private var values: [TestSeries: [Int64: [Double]]] = [:]

  mutating func record(_ samples: [TestSample], mode: SampleMode) {
    for sample in samples {
      switch mode {
      case .replace: values[sample.series, default: [:]][sample.time] = [sample.value]
      case .observe: values[sample.series, default: [:]][sample.time, default: []].append(sample.value)
      }
    }
  }

  var series: [TestSeries] { Array(values.keys) }

  /// Sorted by time, then value in total order.
  func samples(_ series: TestSeries) -> [(time: Int64, value: Double)] {
    (values[series] ?? [:]).sorted { $0.key < $1.key }.flatMap { time, values in
      values.sorted { $0.isTotallyOrdered(belowOrEqualTo: $1) }.map { (time, $0) }
    }
  }

  struct Bucket {
    var count = 0
    var sum = 0.0
    var min = Double.infinity
    var max = -Double.infinity
    var first: (time: Int64, value: Double)?
    var last: (time: Int64, value: Double)?

    mutating func add(_ time: Int64, _ value: Double) {
      if value.isNaN { return }
      count += 1
      sum += value
      min = Swift.min(min, value)
      max = Swift.max(max, value)
      if first.map({ (time, value) < $0 }) ?? true { first = (time, value) }
      if last.map({ (time, value) >= $0 }) ?? true { last = (time, value) }
    }
  }

  /// The buckets of these series together, by start, in a range that is already widened.
  func buckets(of series: [TestSeries], step: Int64, from: Int64, to: Int64) -> [Int64: Bucket] {
    Self.buckets(of: series.flatMap(samples), step: step, from: from, to: to)
  }

  static func buckets(
    of samples: [(time: Int64, value: Double)], step: Int64, from: Int64, to: Int64
  ) -> [Int64: Bucket] {
    var buckets: [Int64: Bucket] = [:]
    for (time, value) in samples where time >= from && time < to {
      let rest = time % step
      buckets[time - (rest < 0 ? rest + step : rest), default: Bucket()].add(time, value)
    }
    return buckets
  }
}

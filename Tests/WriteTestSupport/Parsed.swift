package import Commands
package import Events

/// A sample as a test reads it: `name{key=value,…}`, nanoseconds, value.
package struct Parsed: Hashable, CustomStringConvertible, Sendable {
  package let series: String
  package let time: Int64
  package let value: Double

  package init(_ series: String, _ time: Int64, _ value: Double) {
    self.series = series
    self.time = time
    self.value = value
  }

  package var description: String { "\(series) \(time) \(value)" }

  /// All samples of a batch in which every series is new, in `sorted` order.
  package static func all(_ batch: SampleBatch) -> [Parsed] {
    var result: [Parsed] = []
    for (shard, columns) in batch.shards.enumerated() {
      for row in 0..<columns.count {
        let new = batch.newSeries[SampleBatch.newIndex(of: columns.series[row])]
        precondition(new.shard == shard, "BUG: a sample in another shard than its series")
        result.append(Parsed(text(new.key), columns.times[row], columns.values[row]))
      }
    }
    return sorted(result)
  }

  /// By series, time and value.
  package static func sorted(_ samples: [Parsed]) -> [Parsed] {
    samples.sorted { ($0.series, $0.time, $0.value) < ($1.series, $1.time, $1.value) }
  }

  package static func text(_ key: SeriesKey) -> String {
    let labels = key.labels.map { "\($0.key)=\($0.value)" }
    return labels.isEmpty ? key.name : "\(key.name){\(labels.joined(separator: ","))}"
  }
}

import Commands
import Events
import LineProtocol

/// A sample as a test reads it: `name{key=value,…}`, nanoseconds, value.
struct Parsed: Hashable, CustomStringConvertible {
  let series: String
  let time: Int64
  let value: Double

  init(_ series: String, _ time: Int64, _ value: Double) {
    self.series = series
    self.time = time
    self.value = value
  }

  var description: String { "\(series) \(time) \(value)" }

  /// All samples of a batch in which every series is new, sorted by series and time.
  static func all(_ batch: SampleBatch) -> [Parsed] {
    var result: [Parsed] = []
    for (shard, columns) in batch.shards.enumerated() {
      for row in 0..<columns.count {
        let new = batch.newSeries[SampleBatch.newIndex(of: columns.series[row])]
        precondition(new.shard == shard)
        result.append(Parsed(text(new.key), columns.times[row], columns.values[row]))
      }
    }
    return result.sorted { ($0.series, $0.time, $0.value) < ($1.series, $1.time, $1.value) }
  }

  static func text(_ key: SeriesKey) -> String {
    let labels = key.labels.map { "\($0.key)=\($0.value)" }
    return labels.isEmpty ? key.name : "\(key.name){\(labels.joined(separator: ","))}"
  }
}

/// Parses one body with a parser of its own.
func parse(
  _ body: String, precision: LinePrecision = .nanoseconds, serverTime: Int64 = 77, cache: HeadCache = HeadCache(),
  resolver: FakeResolver = FakeResolver()
) throws -> LineOutcome {
  let parser = LineParser(cache: cache, resolver: resolver)
  return try Array(body.utf8).withUnsafeBytes {
    try parser.parse($0, precision: precision, serverTime: serverTime)
  }
}

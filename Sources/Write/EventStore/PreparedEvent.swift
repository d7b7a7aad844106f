import Events

/// One event of a command but for its place in the log.
struct PreparedEvent: Sendable {
  let type: EventType
  let payload: [UInt8]
  /// Both 0 in an event without times.
  let timeMin: Int64
  let timeMax: Int64
  let sampleCount: Int32

  /// The events that hold `samples`, all of one shard and with known series, in order.
  static func all(of samples: SampleColumns, mode: SampleMode, shards: Int) -> [PreparedEvent] {
    SamplesRecorded.split(samples, shards: shards).map { part in
      PreparedEvent(
        type: .samplesRecorded, payload: PayloadPacking.samples(part, mode: mode), timeMin: part.timeMin,
        timeMax: part.timeMax, sampleCount: Int32(part.range.count))
    }
  }

  static func of(_ described: MetricDescribed) -> PreparedEvent {
    PreparedEvent(type: .metricDescribed, payload: described.encoded(), timeMin: 0, timeMax: 0, sampleCount: 0)
  }
}

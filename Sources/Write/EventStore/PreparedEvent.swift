import Events

/// One `SamplesRecorded` event but for its place in the log.
struct PreparedEvent: Sendable {
  let payload: [UInt8]
  let timeMin: Int64
  let timeMax: Int64
  let sampleCount: Int32

  /// The events that hold `samples`, all of one shard and with known series, in order.
  static func all(of samples: SampleColumns, mode: SampleMode, shards: Int) -> [PreparedEvent] {
    SamplesRecorded.split(samples, shards: shards).map { part in
      PreparedEvent(
        payload: PayloadPacking.samples(part, mode: mode), timeMin: part.timeMin, timeMax: part.timeMax,
        sampleCount: Int32(part.range.count))
    }
  }
}

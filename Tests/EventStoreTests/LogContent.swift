import Compression
import Events
import Testing

/// What events hold, read back.
enum LogContent {
  static func samples(_ event: EventRecord, shards: Int) throws -> (mode: SampleMode, samples: SampleColumns) {
    try event.payload.withUnsafeBytes { payload in
      let header = try SamplesRecorded.decode(payload, schemaVersion: event.schemaVersion)
      var samples = SampleColumns()
      try unpacked(header.columns, header.compression, header.columnsSize).withUnsafeBytes { columns in
        try SamplesRecorded.decodeColumns(
          columns, count: header.count, shard: event.shard, shards: shards, into: &samples)
      }
      return (header.mode, samples)
    }
  }

  static func series(_ event: EventRecord, shards: Int) throws -> [SeriesRegistered.Entry] {
    try event.payload.withUnsafeBytes { payload in
      let header = try SeriesRegistered.decode(payload, schemaVersion: event.schemaVersion)
      return try unpacked(header.columns, header.compression, header.columnsSize).withUnsafeBytes { columns in
        try SeriesRegistered.decodeColumns(columns, count: header.count, shard: event.shard, shards: shards)
      }
    }
  }

  static func description(_ event: EventRecord) throws -> MetricDescribed {
    try event.payload.withUnsafeBytes { try MetricDescribed(decoding: $0, schemaVersion: event.schemaVersion) }
  }

  private static func unpacked(
    _ columns: UnsafeRawBufferPointer, _ compression: PayloadCompression, _ size: Int
  ) throws -> [UInt8] {
    switch compression {
    case .none: return [UInt8](columns)
    case .zstd: return try Zstd.decompress(columns, limit: size)
    }
  }
}

import Compression
package import Events

/// Takes payloads apart, decompression included. A value without state: may be used from any thread.
package struct EventDecoder: Sendable {
  /// The store's number of shards.
  package let shards: Int

  package init(shards: Int) { self.shards = shards }

  /// - Parameter offset: where Kafka had it; nil: it did not come from there.
  /// - Throws: for a payload that is damaged, of a type or schema version that this program does not know, or that does
  ///   not belong to the event's shard.
  package func decode(_ record: EventRecord, offset: Int64? = nil) throws(EventError) -> DecodedEvent {
    let content: DecodedEvent.Content
    do {
      content = try record.payload.withUnsafeBytes { try self.content(record, $0) }
    } catch let error as EventError {
      throw error
    } catch {
      throw .invalid("\(error)")
    }
    return DecodedEvent(
      shard: record.shard, position: record.position, recordedAt: record.recordedAt, hash: record.hash, offset: offset,
      content: content)
  }

  private func content(_ record: EventRecord, _ payload: UnsafeRawBufferPointer) throws -> DecodedEvent.Content {
    switch record.type {
    case .samplesRecorded: try samples(record, payload)
    case .seriesRegistered: try series(record, payload)
    case .metricDescribed:
      .metricDescribed(try MetricDescribed(decoding: payload, schemaVersion: record.schemaVersion))
    case .samplesRetracted:
      throw EventError.unknownSchema(type: record.type, version: record.schemaVersion)
    }
  }

  private func samples(_ record: EventRecord, _ payload: UnsafeRawBufferPointer) throws -> DecodedEvent.Content {
    let header = try SamplesRecorded.decode(payload, schemaVersion: record.schemaVersion)
    var samples = SampleColumns()
    try withColumns(header.columns, header.compression, size: header.columnsSize) {
      try SamplesRecorded.decodeColumns(
        $0, count: header.count, shard: record.shard, shards: shards, into: &samples)
    }
    return .samplesRecorded(mode: header.mode, samples: samples)
  }

  private func series(_ record: EventRecord, _ payload: UnsafeRawBufferPointer) throws -> DecodedEvent.Content {
    let header = try SeriesRegistered.decode(payload, schemaVersion: record.schemaVersion)
    var entries: [SeriesRegistered.Entry] = []
    try withColumns(header.columns, header.compression, size: header.columnsSize) {
      entries = try SeriesRegistered.decodeColumns(
        $0, count: header.count, shard: record.shard, shards: shards)
    }
    return .seriesRegistered(entries)
  }

  /// `size` was checked against the limit of columns when the header was read, and is all the memory that this takes.
  private func withColumns(
    _ columns: UnsafeRawBufferPointer, _ compression: PayloadCompression, size: Int,
    _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    switch compression {
    case .none: try body(columns)
    case .zstd:
      let plain = try Zstd.decompress(columns, limit: size)
      guard plain.count == size else {
        throw EventError.invalid("expected \(size) bytes of columns, actual \(plain.count)")
      }
      try plain.withUnsafeBytes(body)
    }
  }
}

import ColumnCodec

/// New series of one shard. Payload: a `PayloadEnvelope` around columns (docs/event-format.md), with each text once.
package enum SeriesRegistered {
  package struct Entry: Hashable, Sendable {
    package let id: SeriesID
    /// XXH3-128 of the key's canonical bytes.
    package let fingerprintHigh: UInt64
    package let fingerprintLow: UInt64
    package let key: SeriesKey

    package init(id: SeriesID, fingerprintHigh: UInt64, fingerprintLow: UInt64, key: SeriesKey) {
      self.id = id
      self.fingerprintHigh = fingerprintHigh
      self.fingerprintLow = fingerprintLow
      self.key = key
    }
  }

  /// What one event is to hold.
  package struct Part: Sendable {
    /// Which of the entries.
    package let range: Range<Int>
    /// Their columns, packed, not compressed; at most `columnsLimit` bytes.
    package let columns: [UInt8]
  }

  /// A payload that was taken apart, not yet decompressed.
  package struct Header {
    package let count: Int
    package let compression: PayloadCompression
    /// Bytes of the columns after decompression.
    package let columnsSize: Int
    /// Borrowed from the payload.
    package let columns: UnsafeRawBufferPointer
  }

  /// The most series of one event.
  package static let countLimit = 8_192
  /// The most bytes of columns, so that with its envelope a payload keeps `EventRecord.payloadLimit`.
  package static let columnsLimit = EventRecord.payloadLimit - PayloadEnvelope.overheadLimit
  /// The most bytes of all canonical keys of an event together: repeated texts are stored once, so that without this
  /// a small payload could unpack to gigabytes.
  package static let canonicalLimit = 8 * 1024 * 1024

  /// Packs new series of one shard, in ascending order of id, into as few events as the limits allow.
  package static func split(_ entries: [Entry], shards: Int) -> [Part] {
    var parts: [Part] = []
    var start = 0
    while start < entries.count {
      var end = start
      var canonical = 0
      while end < entries.count, end - start < countLimit {
        canonical += entries[end].key.canonical.count
        if canonical > canonicalLimit { break }
        end += 1
      }
      append(entries, start..<end, shards, to: &parts)
      start = end
    }
    return parts
  }

  /// Halves the range until it fits. One series alone always does: at most 64 labels of at most 2 kB.
  private static func append(_ entries: [Entry], _ range: Range<Int>, _ shards: Int, to parts: inout [Part]) {
    var buffer = ByteBuffer(capacity: range.count * 32)
    encodeColumns(entries[range], shards: shards, into: &buffer)
    if buffer.count > columnsLimit {
      let middle = range.lowerBound + range.count / 2
      append(entries, range.lowerBound..<middle, shards, to: &parts)
      append(entries, middle..<range.upperBound, shards, to: &parts)
      return
    }
    parts.append(Part(range: range, columns: buffer.bytes))
  }

  /// The payload around columns that the caller has compressed, or not.
  package static func encode(
    count: Int, compression: PayloadCompression, columnsSize: Int, columns: UnsafeRawBufferPointer
  ) -> [UInt8] {
    PayloadEnvelope.encode(
      mode: 0, count: count, compression: compression, columnsSize: columnsSize, columns: columns)
  }

  /// `payload` must outlive the header, which points into it.
  package static func decode(
    _ payload: UnsafeRawBufferPointer, schemaVersion: Int16
  ) throws(EventError) -> Header {
    guard schemaVersion == 1 else { throw .unknownSchema(type: .seriesRegistered, version: schemaVersion) }
    let envelope = try PayloadEnvelope(decoding: payload, countLimit: countLimit)
    return Header(
      count: envelope.count, compression: envelope.compression, columnsSize: envelope.columnsSize,
      columns: envelope.columns)
  }
}

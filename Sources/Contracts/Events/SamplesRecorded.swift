package import ColumnCodec

/// Samples of one command in one shard, in the order sent. Payload: a `PayloadEnvelope` around three columns: the series'
/// indexes in the shard (`SeriesID.index`), the times, the values.
package enum SamplesRecorded {
  /// The most samples of one event.
  package static let countLimit = 65_536
  /// The most bytes of columns, so that with its envelope a payload keeps `EventRecord.payloadLimit`.
  package static let columnsLimit = EventRecord.payloadLimit - PayloadEnvelope.overheadLimit

  /// What one event is to hold of a shard's samples.
  package struct Part: Sendable {
    /// Which samples.
    package let range: Range<Int>
    /// Their columns, packed, not compressed; at most `columnsLimit` bytes.
    package let columns: [UInt8]
    /// Their first and last time.
    package let timeMin: Int64
    package let timeMax: Int64
  }

  /// A payload that was taken apart, not yet decompressed.
  package struct Header {
    package let mode: SampleMode
    package let count: Int
    package let compression: PayloadCompression
    /// Bytes of the columns after decompression.
    package let columnsSize: Int
    /// Borrowed from the payload.
    package let columns: UnsafeRawBufferPointer
  }

  /// Packs the samples of one shard into as few events as the limits allow, in order. Every id must be one of that shard.
  package static func split(_ samples: SampleColumns, shards: Int) -> [Part] {
    var parts: [Part] = []
    var start = 0
    while start < samples.count {
      let end = min(start + countLimit, samples.count)
      append(samples, start..<end, shards, to: &parts)
      start = end
    }
    return parts
  }

  /// Halves the range until it fits: packed samples take up to 27 bytes each, usually 2.
  private static func append(_ samples: SampleColumns, _ range: Range<Int>, _ shards: Int, to parts: inout [Part]) {
    var buffer = ByteBuffer(capacity: range.count * 4 + 64)
    encodeColumns(samples, range, shards: shards, into: &buffer)
    if buffer.count > columnsLimit {
      let middle = range.lowerBound + range.count / 2
      append(samples, range.lowerBound..<middle, shards, to: &parts)
      append(samples, middle..<range.upperBound, shards, to: &parts)
      return
    }
    guard let times = samples.times(of: range) else { return }
    parts.append(
      Part(range: range, columns: buffer.bytes, timeMin: times.lowerBound, timeMax: times.upperBound))
  }

  /// Packs the samples of `range`, all of one shard, without a limit.
  package static func encodeColumns(
    _ samples: SampleColumns, _ range: Range<Int>, shards: Int, into buffer: inout ByteBuffer
  ) {
    let indexes = [Int64](unsafeUninitializedCapacity: range.count) { indexes, count in
      samples.series.withUnsafeBufferPointer { series in
        divide(UnsafeBufferPointer(rebasing: series[range]), by: shards, into: indexes)
      }
      count = range.count
    }
    indexes.withUnsafeBufferPointer { IntegerColumn.encode($0, into: &buffer) }
    samples.times.withUnsafeBufferPointer {
      TimeColumn.encode(UnsafeBufferPointer(rebasing: $0[range]), into: &buffer)
    }
    samples.values.withUnsafeBufferPointer {
      DoubleColumn.encode(UnsafeBufferPointer(rebasing: $0[range]), into: &buffer)
    }
  }

  /// A shift where it can: a 64-bit division costs as much as packing the sample.
  private static func divide(
    _ ids: UnsafeBufferPointer<Int64>, by shards: Int, into indexes: UnsafeMutableBufferPointer<Int64>
  ) {
    precondition(shards > 0, "BUG: a store without shards")
    if shards.nonzeroBitCount == 1 {
      let shift = Int64(shards.trailingZeroBitCount)
      for index in 0..<ids.count { indexes[index] = ids[index] &>> shift }
    } else {
      for index in 0..<ids.count { indexes[index] = ids[index] / Int64(shards) }
    }
  }

  /// The payload around columns that the caller has compressed, or not.
  package static func encode(
    mode: SampleMode, count: Int, compression: PayloadCompression, columnsSize: Int, columns: UnsafeRawBufferPointer
  ) -> [UInt8] {
    PayloadEnvelope.encode(
      mode: UInt64(mode.rawValue), count: count, compression: compression, columnsSize: columnsSize, columns: columns)
  }

  /// `payload` must outlive the header, which points into it.
  package static func decode(
    _ payload: UnsafeRawBufferPointer, schemaVersion: Int16
  ) throws(EventError) -> Header {
    guard schemaVersion == 1 else { throw .unknownSchema(type: .samplesRecorded, version: schemaVersion) }
    let envelope = try PayloadEnvelope(decoding: payload, countLimit: countLimit)
    guard let mode = UInt8(exactly: envelope.mode).flatMap(SampleMode.init(rawValue:)) else {
      throw .invalid("expected mode 1 or 2, actual \(envelope.mode)")
    }
    return Header(
      mode: mode, count: envelope.count, compression: envelope.compression, columnsSize: envelope.columnsSize,
      columns: envelope.columns)
  }

  /// Appends the samples in decompressed columns to `samples`, with whole series ids. On an error `samples` is as before.
  package static func decodeColumns(
    _ columns: UnsafeRawBufferPointer, count: Int, shard: Int, shards: Int, into samples: inout SampleColumns
  ) throws(EventError) {
    guard count >= 0, count <= countLimit else {
      throw .invalid("expected at most \(countLimit) samples, actual \(count)")
    }
    let before = samples.count
    do throws(EventError) {
      try append(columns, count, shard, shards, to: &samples)
    } catch {
      samples.series.removeSubrange(before...)
      samples.times.removeSubrange(before...)
      samples.values.removeSubrange(before...)
      throw error
    }
  }

  private static func append(
    _ columns: UnsafeRawBufferPointer, _ count: Int, _ shard: Int, _ shards: Int, to samples: inout SampleColumns
  ) throws(EventError) {
    let before = samples.count
    samples.series.append(contentsOf: repeatElement(0, count: count))
    samples.times.append(contentsOf: repeatElement(0, count: count))
    samples.values.append(contentsOf: repeatElement(0, count: count))
    var reader = ByteReader(columns)
    do throws(ColumnError) {
      try samples.series.withUnsafeMutableBufferPointer { (series) throws(ColumnError) in
        guard let base = series.baseAddress else { return }
        try IntegerColumn.decode(&reader, count: count, into: base + before)
        try multiply(base + before, count, shard, shards, at: reader.position)
      }
      try samples.times.withUnsafeMutableBufferPointer { (times) throws(ColumnError) in
        guard let base = times.baseAddress else { return }
        try TimeColumn.decode(&reader, count: count, into: base + before)
      }
      try samples.values.withUnsafeMutableBufferPointer { (values) throws(ColumnError) in
        guard let base = values.baseAddress else { return }
        try DoubleColumn.decode(&reader, count: count, into: base + before)
      }
    } catch {
      throw .damaged(error)
    }
    guard reader.isAtEnd else { throw .invalid("expected the end of the columns, actual \(reader.remaining) bytes") }
  }

  /// From indexes to ids, in place; refuses what no id can be.
  private static func multiply(
    _ indexes: UnsafeMutablePointer<Int64>, _ count: Int, _ shard: Int, _ shards: Int, at position: Int
  ) throws(ColumnError) {
    precondition(shards > 0 && (0..<shards).contains(shard), "BUG: shard \(shard) of \(shards)")
    let factor = Int64(shards)
    var all: UInt64 = 0
    for index in 0..<count {
      all |= UInt64(bitPattern: indexes[index])
      indexes[index] = indexes[index] &* factor &+ Int64(shard)
    }
    // The limit is a power of two: the OR of all is below it exactly when each one is.
    guard all < UInt64(SeriesID.indexLimit) else { throw .malformed("expected the index of a series", at: position) }
  }
}

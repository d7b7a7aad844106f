package import ColumnCodec

/// The `samples` column: a bucket's samples in about two bytes each, in canonical order.
///
/// Format 1: the byte 1, a varint with the number of samples (at least 1), a `TimeColumn`, a `DoubleColumn`. The bytes are
/// a function of the samples, so they are not compressed further (no compressor promises that across its versions) and
/// rows can be compared by their bytes.
package enum PackedSamples {
  static let formatVersion: UInt8 = 1

  /// The most samples of one minute of one series: a quarter of a million a second, some 30 MB packed. A fold that would
  /// make more throws; above it rewriting the minute costs more than a fold should.
  package static let countLimit = 1 << 24

  /// Appends the packed bytes of samples in canonical order; at least one, at most `countLimit`.
  package static func encode(
    times: UnsafeBufferPointer<Int64>, values: UnsafeBufferPointer<Double>, into buffer: inout ByteBuffer
  ) {
    precondition(times.count == values.count, "BUG: \(times.count) times for \(values.count) values")
    precondition((1...countLimit).contains(times.count), "BUG: a bucket of \(times.count) samples")
    buffer.putByte(formatVersion)
    buffer.putVarint(UInt64(times.count))
    TimeColumn.encode(times, into: &buffer)
    DoubleColumn.encode(values, into: &buffer)
  }

  package static func encode(_ samples: SeriesSamples) -> [UInt8] {
    encode(samples, in: samples.times.startIndex..<samples.times.endIndex)
  }

  /// The packed bytes of a part of the samples.
  package static func encode(_ samples: SeriesSamples, in range: Range<Int>) -> [UInt8] {
    var buffer = ByteBuffer(capacity: 32 + range.count * 4)
    samples.times.withUnsafeBufferPointer { times in
      samples.values.withUnsafeBufferPointer { values in
        encode(
          times: UnsafeBufferPointer(rebasing: times[range]), values: UnsafeBufferPointer(rebasing: values[range]),
          into: &buffer)
      }
    }
    return buffer.bytes
  }

  package static func decode(_ bytes: [UInt8]) throws(ReadModelError) -> SeriesSamples {
    var samples = SeriesSamples()
    try append(bytes, to: &samples)
    return samples
  }

  /// Appends the samples of a bucket that lies after all of `samples`. Damaged bytes throw and never trap.
  package static func append(_ bytes: [UInt8], to samples: inout SeriesSamples) throws(ReadModelError) {
    let failure: ColumnError? = bytes.withUnsafeBytes { raw in
      do throws(ColumnError) {
        try append(raw, to: &samples)
        return nil
      } catch {
        return error
      }
    }
    if let failure { throw .damaged(what: "the samples of a bucket", failure) }
  }

  /// Unpacks the samples of a bucket into `scratch`, which holds what is unpacked until the next time; returns how many
  /// they are. Damaged bytes throw and never trap.
  static func unpack(_ bytes: [UInt8], into scratch: SampleScratch) throws(ReadModelError) -> Int {
    var count = 0
    let failure: ColumnError? = bytes.withUnsafeBytes { raw in
      do throws(ColumnError) {
        var reader = ByteReader(raw)
        count = try readCount(&reader)
        scratch.reserve(count)
        try TimeColumn.decode(&reader, count: count, into: scratch.times)
        try DoubleColumn.decode(&reader, count: count, into: scratch.values)
        guard reader.isAtEnd else { throw ColumnError.malformed("bytes after the last sample", at: reader.position) }
        return nil
      } catch {
        return error
      }
    }
    if let failure { throw .damaged(what: "the samples of a bucket", failure) }
    return count
  }

  /// What stands before the columns.
  private static func readCount(_ reader: inout ByteReader) throws(ColumnError) -> Int {
    let version = try reader.byte()
    guard version == formatVersion else { throw .malformed("samples of format \(version)", at: 0) }
    let count = try reader.count(limit: countLimit, of: "samples")
    guard count > 0 else { throw .malformed("no samples", at: 1) }
    return count
  }

  private static func append(
    _ raw: UnsafeRawBufferPointer, to samples: inout SeriesSamples
  ) throws(ColumnError) {
    var reader = ByteReader(raw)
    let count = try readCount(&reader)
    try ColumnArrays.appendTimes(&reader, count: count, to: &samples.times)
    do throws(ColumnError) {
      try ColumnArrays.appendValues(&reader, count: count, to: &samples.values)
      guard reader.isAtEnd else { throw ColumnError.malformed("bytes after the last sample", at: reader.position) }
    } catch {
      samples.times.removeLast(count)
      samples.values.removeLast(samples.values.count - samples.times.count)
      throw error
    }
  }
}

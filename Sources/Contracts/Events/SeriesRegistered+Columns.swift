import ColumnCodec

// The columns, in this order: indexes in the shard; fingerprints, 16 bytes each, big-endian; the distinct texts in order
// of first use (a varint count, a column of lengths, their bytes); then numbers of texts: each series' name; how many
// labels each has; the names of all labels; the values of all labels.
extension SeriesRegistered {
  static func encodeColumns(_ entries: ArraySlice<Entry>, shards: Int, into buffer: inout ByteBuffer) {
    var texts = TextTable()
    var names: [Int64] = []
    var labelCounts: [Int64] = []
    var keys: [Int64] = []
    var values: [Int64] = []
    for entry in entries {
      entry.key.withTexts { slices in
        for (place, slice) in slices.enumerated() {
          let number = texts.number(of: slice)
          if place == 0 {
            names.append(number)
          } else if place % 2 == 1 {
            keys.append(number)
          } else {
            values.append(number)
          }
        }
        labelCounts.append(Int64(slices.count / 2))
      }
    }
    put(entries.map { $0.id.index(of: shards) }, into: &buffer)
    for entry in entries {
      buffer.putFixed64(entry.fingerprintHigh.byteSwapped)
      buffer.putFixed64(entry.fingerprintLow.byteSwapped)
    }
    buffer.putVarint(UInt64(texts.count))
    put(texts.lengths, into: &buffer)
    buffer.putBytes(texts.bytes)
    for column in [names, labelCounts, keys, values] { put(column, into: &buffer) }
  }

  private static func put(_ column: [Int64], into buffer: inout ByteBuffer) {
    column.withUnsafeBufferPointer { IntegerColumn.encode($0, into: &buffer) }
  }

  /// The series in decompressed columns, in the order written.
  package static func decodeColumns(
    _ columns: UnsafeRawBufferPointer, count: Int, shard: Int, shards: Int
  ) throws(EventError) -> [Entry] {
    guard count > 0, count <= countLimit else {
      throw .invalid("expected 1 to \(countLimit) series, actual \(count)")
    }
    do throws(ColumnError) {
      var reader = ByteReader(columns)
      let unpacked = try SeriesColumns(&reader, count: count)
      guard reader.isAtEnd else { throw ColumnError.malformed("expected the end of the columns", at: reader.position) }
      return try unpacked.entries(shard: shard, shards: shards)
    } catch {
      throw .damaged(error)
    }
  }
}

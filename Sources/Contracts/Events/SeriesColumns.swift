import ColumnCodec

/// The columns of a `SeriesRegistered` event, unpacked and bounded, on the way to entries.
struct SeriesColumns {
  private let indexes: [Int64]
  private let fingerprints: UnsafeRawBufferPointer
  private let texts: [UnsafeRawBufferPointer]
  private let names: [Int64]
  private let labelCounts: [Int64]
  private let keys: [Int64]
  private let values: [Int64]

  /// Points into the reader's bytes.
  init(_ reader: inout ByteReader, count: Int) throws(ColumnError) {
    indexes = try Self.column(&reader, count)
    fingerprints = try reader.take(count * 16)
    texts = try Self.texts(&reader)
    names = try Self.column(&reader, count)
    labelCounts = try Self.column(&reader, count)
    guard labelCounts.allSatisfy({ (0...Int64(SeriesKey.labelsLimit)).contains($0) }) else {
      throw .malformed("expected at most \(SeriesKey.labelsLimit) labels", at: reader.position)
    }
    let labels = Int(labelCounts.reduce(0, +))
    keys = try Self.column(&reader, labels)
    values = try Self.column(&reader, labels)
  }

  private static func column(_ reader: inout ByteReader, _ count: Int) throws(ColumnError) -> [Int64] {
    var column = [Int64](repeating: 0, count: count)
    try column.withUnsafeMutableBufferPointer { (column) throws(ColumnError) in
      guard let base = column.baseAddress else { return }
      try IntegerColumn.decode(&reader, count: count, into: base)
    }
    return column
  }

  /// Each text has a byte at least, which bounds their number by the bytes there are.
  private static func texts(_ reader: inout ByteReader) throws(ColumnError) -> [UnsafeRawBufferPointer] {
    let count = try reader.count(limit: reader.remaining, of: "texts")
    let lengths = try column(&reader, count)
    var texts: [UnsafeRawBufferPointer] = []
    texts.reserveCapacity(count)
    for length in lengths { texts.append(try reader.take(Int(length))) }
    return texts
  }

  func entries(shard: Int, shards: Int) throws(ColumnError) -> [SeriesRegistered.Entry] {
    var entries: [SeriesRegistered.Entry] = []
    entries.reserveCapacity(indexes.count)
    var label = 0
    var canonical = 0
    var buffer = ByteBuffer()
    var fingerprint = ByteReader(fingerprints)
    for index in indexes.indices {
      buffer.removeAll()
      try put(names[index], into: &buffer)
      for _ in 0..<Int(labelCounts[index]) {
        try put(keys[label], into: &buffer)
        try put(values[label], into: &buffer)
        label += 1
      }
      canonical += buffer.count
      guard canonical <= SeriesRegistered.canonicalLimit else { throw .malformed("too much text in one event", at: 0) }
      entries.append(
        SeriesRegistered.Entry(
          id: try id(indexes[index], shard, shards), fingerprintHigh: try fingerprint.fixed64().byteSwapped,
          fingerprintLow: try fingerprint.fixed64().byteSwapped, key: try key(buffer)))
    }
    return entries
  }

  private func put(_ number: Int64, into buffer: inout ByteBuffer) throws(ColumnError) {
    guard number >= 0, number < texts.count else { throw .malformed("expected the number of a text", at: 0) }
    let text = texts[Int(number)]
    guard text.count <= SeriesKey.textLimit else { throw .malformed("a text of \(text.count) bytes", at: 0) }
    buffer.putVarint(UInt64(text.count))
    buffer.putBytes(text)
  }

  private func key(_ buffer: borrowing ByteBuffer) throws(ColumnError) -> SeriesKey {
    do throws(SeriesKeyError) {
      return try SeriesKey(canonical: buffer.bytes)
    } catch {
      throw .malformed("expected a valid series, actual \(error.code)", at: 0)
    }
  }

  private func id(_ index: Int64, _ shard: Int, _ shards: Int) throws(ColumnError) -> SeriesID {
    guard (0..<SeriesID.indexLimit).contains(index) else { throw .malformed("expected the index of a series", at: 0) }
    return SeriesID(index: index, shard: shard, shards: shards)
  }
}

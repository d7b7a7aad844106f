import ColumnCodec

/// A part of a tail row: changes of one kind. The format stands at `TailRow`.
enum TailSegment {
  /// Whether any key is of a kind.
  static func isPresent(_ kind: ChangeKind, in keys: UnsafeBufferPointer<UInt16>) -> Bool {
    keys.contains { $0 & 0xf == UInt16(kind.rawValue) }
  }

  /// Packs the entries of one kind out of a page's resolved columns; `isOnly` says that there are no others.
  static func encode(
    _ kind: ChangeKind, keys: UnsafeBufferPointer<UInt16>, times: UnsafeBufferPointer<Int64>,
    values: UnsafeBufferPointer<Double>, isOnly: Bool, into buffer: inout ByteBuffer
  ) {
    if isOnly { return encode(kind, keys: keys, times: times, values: values, into: &buffer) }
    let places = keys.indices.filter { keys[$0] & 0xf == UInt16(kind.rawValue) }
    places.map { keys[$0] }.withUnsafeBufferPointer { keys in
      places.map { times[$0] }.withUnsafeBufferPointer { times in
        places.map { values[$0] }.withUnsafeBufferPointer { values in
          encode(kind, keys: keys, times: times, values: values, into: &buffer)
        }
      }
    }
  }

  private static func encode(
    _ kind: ChangeKind, keys: UnsafeBufferPointer<UInt16>, times: UnsafeBufferPointer<Int64>,
    values: UnsafeBufferPointer<Double>, into buffer: inout ByteBuffer
  ) {
    let (slots, counts) = directory(keys)
    buffer.putByte(kind.rawValue)
    buffer.putVarint(UInt64(slots.count))
    buffer.putVarint(UInt64(times.count))
    slots.withUnsafeBufferPointer { IntegerColumn.encode($0, into: &buffer) }
    counts.withUnsafeBufferPointer { IntegerColumn.encode($0, into: &buffer) }
    var chunks = ByteBuffer(capacity: times.count * 4)
    for chunk in Self.chunks(counts) {
      let before = chunks.count
      TimeColumn.encode(UnsafeBufferPointer(rebasing: times[chunk.samples]), into: &chunks)
      DoubleColumn.encode(UnsafeBufferPointer(rebasing: values[chunk.samples]), into: &chunks)
      buffer.putVarint(UInt64(chunks.count - before))
    }
    buffer.putBytes(of: chunks)
  }

  /// The slots and how many samples each has.
  private static func directory(_ keys: UnsafeBufferPointer<UInt16>) -> (slots: [Int64], counts: [Int64]) {
    var slots: [Int64] = []
    var counts: [Int64] = []
    var start = 0
    while start < keys.count {
      var end = start + 1
      while end < keys.count, keys[end] == keys[start] { end += 1 }
      slots.append(Int64(keys[start] >> 4))
      counts.append(Int64(end - start))
      start = end
    }
    return (slots, counts)
  }

  /// Reads one segment and appends what it has of `slots` to the page.
  static func decode(
    _ reader: inout ByteReader, slots wanted: SlotSet?, into page: inout PageChanges
  ) throws(ColumnError) -> ChangeKind {
    guard let kind = ChangeKind(rawValue: try reader.byte()) else {
      throw .malformed("a segment of an unknown kind", at: reader.position)
    }
    let seriesCount = try reader.count(limit: SeriesPage.seriesCount, of: "series")
    let sampleCount = try reader.count(limit: TailRow.sampleLimit, of: "samples")
    var slots: [Int64] = []
    var counts: [Int64] = []
    try ColumnArrays.appendIntegers(&reader, count: seriesCount, to: &slots)
    try ColumnArrays.appendIntegers(&reader, count: seriesCount, to: &counts)
    try check(slots, counts, sampleCount, at: reader.position)
    let chunks = chunks(counts)
    var sizes: [Int] = []
    for _ in chunks { sizes.append(try reader.count(limit: reader.remaining, of: "bytes of a chunk")) }
    for (chunk, size) in zip(chunks, sizes) {
      let bytes = try reader.take(size)
      let isWanted = wanted.map { wanted in chunk.series.contains { wanted.contains(UInt16(slots[$0])) } } ?? true
      guard isWanted else { continue }
      var times: [Int64] = []
      var values: [Double] = []
      var columns = ByteReader(bytes)
      try ColumnArrays.appendTimes(&columns, count: chunk.samples.count, to: &times)
      try ColumnArrays.appendValues(&columns, count: chunk.samples.count, to: &values)
      guard columns.isAtEnd else { throw .malformed("bytes after a chunk", at: reader.position) }
      var start = 0
      for index in chunk.series {
        let end = start + Int(counts[index])
        let slot = UInt16(slots[index])
        if wanted?.contains(slot) ?? true {
          append(slot: slot, kind: kind, times: times[start..<end], values: values[start..<end], to: &page)
        }
        start = end
      }
    }
    return kind
  }

  /// In a replace segment only the first of several samples at one time removes what was there.
  private static func append(
    slot: UInt16, kind: ChangeKind, times: ArraySlice<Int64>, values: ArraySlice<Double>, to page: inout PageChanges
  ) {
    let first = PageChanges.key(slot: slot, kind: kind)
    let repeated = PageChanges.key(slot: slot, kind: .observe)
    times.withUnsafeBufferPointer { times in
      values.withUnsafeBufferPointer { values in
        withUnsafeTemporaryAllocation(of: UInt16.self, capacity: times.count) { keys in
          for index in 0..<times.count {
            let isRepeated = index > 0 && times[index] == times[index - 1]
            keys.initializeElement(at: index, to: isRepeated ? repeated : first)
          }
          page.append(keys: UnsafeBufferPointer(keys), times: times, values: values)
        }
      }
    }
  }

  private static func check(
    _ slots: [Int64], _ counts: [Int64], _ sampleCount: Int, at position: Int
  ) throws(ColumnError) {
    var slotBefore: Int64 = -1
    var total: Int64 = 0
    for (slot, count) in zip(slots, counts) {
      guard slot > slotBefore, slot < SeriesPage.seriesCount else {
        throw .malformed("slots that do not rise within a page", at: position)
      }
      guard count > 0, count <= Int64(TailRow.sampleLimit) else {
        throw .malformed("a series with \(count) samples", at: position)
      }
      slotBefore = slot
      total += count
    }
    guard total == Int64(sampleCount) else {
      throw .malformed("\(sampleCount) samples of which the series have \(total)", at: position)
    }
  }

  /// Which series and samples each chunk holds: a function of the counts, so it needs no bytes.
  private static func chunks(_ counts: [Int64]) -> [(series: Range<Int>, samples: Range<Int>)] {
    var chunks: [(series: Range<Int>, samples: Range<Int>)] = []
    var series = 0
    var sample = 0
    while series < counts.count {
      let (firstSeries, firstSample) = (series, sample)
      while series < counts.count, sample - firstSample < TailRow.chunkLength {
        sample += Int(counts[series])
        series += 1
      }
      chunks.append((firstSeries..<series, firstSample..<sample))
    }
    return chunks
  }
}

/// Values that repeat (order 0), or differences that do (order 1, after the first value as a zigzag varint): a varint
/// number of runs, then two columns: what repeats, and how often. These columns have no runs themselves.
enum Runs {
  /// Counting stops here and there to see whether it is still worth it; without branches in between it takes vectors.
  private static let stride = 512

  /// How many runs the values have; nil when more than `limit`.
  static func count(_ values: UnsafeBufferPointer<Int64>, limit: Int) -> Int? {
    guard let base = values.baseAddress else { return 0 }
    var runs = 1
    var start = 1
    while start < values.count, runs <= limit {
      let end = min(start &+ stride, values.count)
      for index in start..<end { runs &+= base[index] != base[index &- 1] ? 1 : 0 }
      start = end
    }
    return runs <= limit ? runs : nil
  }

  /// How many runs their differences have; nil when more than `limit`.
  static func countOfDifferences(_ values: UnsafeBufferPointer<Int64>, limit: Int) -> Int? {
    guard let base = values.baseAddress, values.count > 1 else { return 0 }
    var runs = 1
    var start = 2
    while start < values.count, runs <= limit {
      let end = min(start &+ stride, values.count)
      for index in start..<end {
        let step = base[index] &- base[index &- 1]
        runs &+= step != base[index &- 1] &- base[index &- 2] ? 1 : 0
      }
      start = end
    }
    return runs <= limit ? runs : nil
  }

  /// `runs` is what the count of that order says.
  static func encode(_ values: UnsafeBufferPointer<Int64>, order: Int, runs: Int, into buffer: inout ByteBuffer) {
    let columns = UnsafeMutablePointer<Int64>.allocate(capacity: runs * 2)
    defer { columns.deallocate() }
    let repeated = columns
    let lengths = columns + runs
    let found = order == 0 ? fill(values, repeated, lengths) : fillDifferences(values, repeated, lengths)
    precondition(found == runs, "BUG: \(found) runs where \(runs) were counted")
    if order == 1 { buffer.putZigzag(values[0]) }
    buffer.putVarint(UInt64(runs))
    IntegerColumn.encodeFlat(UnsafeBufferPointer(start: repeated, count: runs), into: &buffer)
    IntegerColumn.encodeFlat(UnsafeBufferPointer(start: lengths, count: runs), into: &buffer)
  }

  private static func fill(
    _ values: UnsafeBufferPointer<Int64>, _ repeated: UnsafeMutablePointer<Int64>,
    _ lengths: UnsafeMutablePointer<Int64>
  ) -> Int {
    var run = 0
    var start = 0
    while start < values.count {
      let value = values[start]
      var end = start &+ 1
      while end < values.count, values[end] == value { end &+= 1 }
      repeated[run] = value
      lengths[run] = Int64(end &- start)
      run &+= 1
      start = end
    }
    return run
  }

  private static func fillDifferences(
    _ values: UnsafeBufferPointer<Int64>, _ repeated: UnsafeMutablePointer<Int64>,
    _ lengths: UnsafeMutablePointer<Int64>
  ) -> Int {
    var run = 0
    var start = 1
    while start < values.count {
      let step = values[start] &- values[start &- 1]
      var end = start &+ 1
      while end < values.count, values[end] &- values[end &- 1] == step { end &+= 1 }
      repeated[run] = step
      lengths[run] = Int64(end &- start)
      run &+= 1
      start = end
    }
    return run
  }

  static func decode(
    _ reader: inout ByteReader, count: Int, order: Int, into values: UnsafeMutablePointer<Int64>
  ) throws(ColumnError) {
    if order == 1 { values[0] = try reader.zigzag() }
    let runs = try reader.count(limit: count &- order, of: "runs")
    let columns = UnsafeMutablePointer<Int64>.allocate(capacity: runs &* 2)
    defer { columns.deallocate() }
    let repeated = columns
    let lengths = columns + runs
    try IntegerColumn.decodeFlat(&reader, count: runs, into: repeated)
    try IntegerColumn.decodeFlat(&reader, count: runs, into: lengths)
    var start = order
    for run in 0..<runs {
      let length = lengths[run]
      guard length > 0, length <= Int64(count &- start) else {
        throw .malformed("a run of \(length) where \(count &- start) values are left", at: reader.position)
      }
      let end = start &+ Int(length)
      if order == 0 {
        fill(repeated[run], start, end, values)
      } else {
        step(repeated[run], start, end, values)
      }
      start = end
    }
    guard start == count else { throw .malformed("runs of \(start) values instead of \(count)", at: reader.position) }
  }

  @inline(__always)
  private static func fill(_ value: Int64, _ start: Int, _ end: Int, _ values: UnsafeMutablePointer<Int64>) {
    for index in start..<end { values[index] = value }
  }

  @inline(__always)
  private static func step(_ step: Int64, _ start: Int, _ end: Int, _ values: UnsafeMutablePointer<Int64>) {
    var value = values[start &- 1]
    for index in start..<end {
      value &+= step
      values[index] = value
    }
  }
}

/// A column of 64-bit integers in as few bytes as one of its schemes gives: a byte that names the scheme, then what that
/// writes. A column of no values has no bytes. The count is not in it. The same values give the same bytes.
/// docs/event-format.md has the layout.
package enum IntegerColumn {
  /// The numbers are in every log: never change or reuse one.
  enum Scheme: UInt8 {
    /// One value for all: zigzag varint.
    case constant = 0
    /// First value and step: two zigzag varints.
    case arithmetic = 1
    /// Values that repeat: `Runs` of order 0.
    case runs = 2
    /// Differences that repeat: `Runs` of order 1.
    case stepRuns = 3
    /// `Frames` of order 0, 1, 2.
    case frames = 4
    case differences = 5
    case secondDifferences = 6
  }

  package static func encode(_ values: UnsafeBufferPointer<Int64>, into buffer: inout ByteBuffer) {
    if encodeProgression(values, into: &buffer) { return }
    var runs = ByteBuffer(capacity: 0)
    encodeRuns(values, into: &runs)
    if !runs.isEmpty, runs.count <= enough(values.count) {
      buffer.putBytes(of: runs)
      return
    }
    let (order, size) = smallestFrames(values)
    if !runs.isEmpty, runs.count <= 1 &+ size {
      buffer.putBytes(of: runs)
    } else {
      encodeFrames(values, order, into: &buffer)
    }
  }

  /// Below a quarter of a bit for each value no other scheme is tried: it would cost time and gain next to nothing.
  private static func enough(_ count: Int) -> Int { count / 32 }

  /// Without runs: for the columns inside them.
  static func encodeFlat(_ values: UnsafeBufferPointer<Int64>, into buffer: inout ByteBuffer) {
    if encodeProgression(values, into: &buffer) { return }
    encodeFrames(values, smallestFrames(values).order, into: &buffer)
  }

  /// Writes the column and says so when there are no values, one value for all, or equal steps.
  private static func encodeProgression(_ values: UnsafeBufferPointer<Int64>, into buffer: inout ByteBuffer) -> Bool {
    guard let first = values.first else { return true }
    let step = values.count > 1 ? values[1] &- first : 0
    for index in 1..<max(values.count, 1) where values[index] &- values[index &- 1] != step { return false }
    buffer.putByte((step == 0 ? Scheme.constant : .arithmetic).rawValue)
    buffer.putZigzag(first)
    if step != 0 { buffer.putZigzag(step) }
    return true
  }

  /// Writes the better of both kinds of runs, or nothing where runs are too many to be worth a try: trying costs time per
  /// run, and above these numbers frames nearly always win.
  private static func encodeRuns(_ values: UnsafeBufferPointer<Int64>, into buffer: inout ByteBuffer) {
    if let runs = Runs.count(values, limit: values.count / 2) {
      buffer.putByte(Scheme.runs.rawValue)
      Runs.encode(values, order: 0, runs: runs, into: &buffer)
      if buffer.count <= enough(values.count) { return }
    }
    guard let runs = Runs.countOfDifferences(values, limit: values.count / 4) else { return }
    var other = ByteBuffer(capacity: 0)
    other.putByte(Scheme.stepRuns.rawValue)
    Runs.encode(values, order: 1, runs: runs, into: &other)
    if buffer.isEmpty || other.count < buffer.count {
      buffer.removeAll()
      buffer.putBytes(of: other)
    }
  }

  /// Where differences are no smaller than values, the differences of these are not looked at.
  private static func smallestFrames(_ values: UnsafeBufferPointer<Int64>) -> (order: Int, size: Int) {
    var best = (order: 0, size: Frames.size(values, order: 0))
    for order in 1...2 where order < values.count {
      let size = Frames.size(values, order: order)
      guard size < best.size else { break }
      best = (order, size)
    }
    return best
  }

  private static func encodeFrames(_ values: UnsafeBufferPointer<Int64>, _ order: Int, into buffer: inout ByteBuffer) {
    let scheme: Scheme =
      switch order {
      case 0: .frames
      case 1: .differences
      default: .secondDifferences
      }
    buffer.putByte(scheme.rawValue)
    Frames.encode(values, order: order, into: &buffer)
  }

  /// Reads `count` values, which the caller has bounded, into memory that has room for them. Allocates at most twice that
  /// memory. On an error the memory holds anything.
  package static func decode(
    _ reader: inout ByteReader, count: Int, into values: UnsafeMutablePointer<Int64>
  ) throws(ColumnError) {
    guard count > 0 else { return }
    let at = reader.position
    guard let scheme = Scheme(rawValue: try reader.byte()) else { throw .malformed("an unknown scheme", at: at) }
    switch scheme {
    case .runs: try Runs.decode(&reader, count: count, order: 0, into: values)
    case .stepRuns: try Runs.decode(&reader, count: count, order: 1, into: values)
    default: try decode(scheme, &reader, count: count, into: values)
    }
  }

  /// Refuses runs, so that damaged bytes cannot nest without end.
  static func decodeFlat(
    _ reader: inout ByteReader, count: Int, into values: UnsafeMutablePointer<Int64>
  ) throws(ColumnError) {
    guard count > 0 else { return }
    let at = reader.position
    guard let scheme = Scheme(rawValue: try reader.byte()), scheme != .runs, scheme != .stepRuns else {
      throw .malformed("an unknown scheme, or runs inside of runs", at: at)
    }
    try decode(scheme, &reader, count: count, into: values)
  }

  private static func decode(
    _ scheme: Scheme, _ reader: inout ByteReader, count: Int, into values: UnsafeMutablePointer<Int64>
  ) throws(ColumnError) {
    switch scheme {
    case .constant: values.update(repeating: try reader.zigzag(), count: count)
    case .arithmetic:
      let first = try reader.zigzag()
      let step = try reader.zigzag()
      for index in 0..<count { values[index] = first &+ step &* Int64(truncatingIfNeeded: index) }
    case .frames: try Frames.decode(&reader, count: count, order: 0, into: values)
    case .differences: try Frames.decode(&reader, count: count, order: 1, into: values)
    case .secondDifferences: try Frames.decode(&reader, count: count, order: 2, into: values)
    case .runs, .stepRuns: preconditionFailure("BUG: runs are decoded elsewhere")
    }
  }
}

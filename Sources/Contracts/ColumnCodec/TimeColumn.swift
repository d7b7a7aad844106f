/// A column of times in nanoseconds: a byte for the coarsest unit that is exact for all of them (0: ns, 1: µs, 2: ms,
/// 3: s), then an `IntegerColumn` of the times in that unit. A column of no times has no bytes.
package enum TimeColumn {
  package static func encode(_ times: UnsafeBufferPointer<Int64>, into buffer: inout ByteBuffer) {
    guard !times.isEmpty else { return }
    let unit = coarsestUnit(times)
    buffer.putByte(unit)
    guard unit > 0 else { return IntegerColumn.encode(times, into: &buffer) }
    let scaled = UnsafeMutableBufferPointer<Int64>.allocate(capacity: times.count)
    defer { scaled.deallocate() }
    // The divisors are constants, so that dividing costs a multiplication.
    switch unit {
    case 1: for index in 0..<times.count { scaled[index] = times[index] / 1_000 }
    case 2: for index in 0..<times.count { scaled[index] = times[index] / 1_000_000 }
    default: for index in 0..<times.count { scaled[index] = times[index] / 1_000_000_000 }
    }
    IntegerColumn.encode(UnsafeBufferPointer(scaled), into: &buffer)
  }

  private static func coarsestUnit(_ times: UnsafeBufferPointer<Int64>) -> UInt8 {
    if times.allSatisfy({ $0 % 1_000_000_000 == 0 }) { return 3 }
    if times.allSatisfy({ $0 % 1_000_000 == 0 }) { return 2 }
    if times.allSatisfy({ $0 % 1_000 == 0 }) { return 1 }
    return 0
  }

  /// Reads `count` times, which the caller has bounded, into memory that has room for them. On an error that holds
  /// anything.
  package static func decode(
    _ reader: inout ByteReader, count: Int, into times: UnsafeMutablePointer<Int64>
  ) throws(ColumnError) {
    guard count > 0 else { return }
    let unit = try reader.byte()
    guard unit <= 3 else { throw .malformed("an unknown unit of time", at: reader.position) }
    try IntegerColumn.decode(&reader, count: count, into: times)
    if unit == 0 { return }
    let factor: Int64 = unit == 1 ? 1_000 : unit == 2 ? 1_000_000 : 1_000_000_000
    for index in 0..<count { times[index] &*= factor }
  }
}

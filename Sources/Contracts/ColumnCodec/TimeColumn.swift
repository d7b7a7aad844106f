/// A column of times in nanoseconds: an `IntegerColumn` in the coarsest of s, ms, µs, ns that is exact for all of them.
package enum TimeColumn {
  package static func encode(_ times: UnsafeBufferPointer<Int64>, into buffer: inout ByteBuffer) {
    IntegerColumn.encode(times, into: &buffer)
  }

  /// Reads `count` times, which the caller has bounded, into memory that has room for them.
  package static func decode(
    _ reader: inout ByteReader, count: Int, into times: UnsafeMutablePointer<Int64>
  ) throws(ColumnError) {
    try IntegerColumn.decode(&reader, count: count, into: times)
  }
}

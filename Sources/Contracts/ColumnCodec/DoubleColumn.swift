/// A column of Float64, bit-exact: NaN payloads, signed zeros and infinities come back as they were.
package enum DoubleColumn {
  package static func encode(_ values: UnsafeBufferPointer<Double>, into buffer: inout ByteBuffer) {
    for value in values { buffer.putFixed64(value.bitPattern) }
  }

  /// Reads `count` values, which the caller has bounded, into memory that has room for them.
  package static func decode(
    _ reader: inout ByteReader, count: Int, into values: UnsafeMutablePointer<Double>
  ) throws(ColumnError) {
    for index in 0..<count { values[index] = Double(bitPattern: try reader.fixed64()) }
  }
}

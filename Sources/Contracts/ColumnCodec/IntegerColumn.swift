/// A column of 64-bit integers in as few bytes as one of its schemes gives.
package enum IntegerColumn {
  package static func encode(_ values: UnsafeBufferPointer<Int64>, into buffer: inout ByteBuffer) {
    var last: Int64 = 0
    for value in values {
      buffer.putZigzag(value &- last)
      last = value
    }
  }

  /// Reads `count` values, which the caller has bounded, into memory that has room for them.
  package static func decode(
    _ reader: inout ByteReader, count: Int, into values: UnsafeMutablePointer<Int64>
  ) throws(ColumnError) {
    var last: Int64 = 0
    for index in 0..<count {
      last &+= try reader.zigzag()
      values[index] = last
    }
  }
}

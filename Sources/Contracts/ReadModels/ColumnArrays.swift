import ColumnCodec

/// Decoding of columns at the end of arrays.
enum ColumnArrays {
  /// Appends `count` times; an error leaves the array as it was.
  static func appendTimes(_ reader: inout ByteReader, count: Int, to array: inout [Int64]) throws(ColumnError) {
    try append(count: count, of: 0, to: &array) { (target) throws(ColumnError) in
      try TimeColumn.decode(&reader, count: count, into: target)
    }
  }

  /// Appends `count` integers; an error leaves the array as it was.
  static func appendIntegers(_ reader: inout ByteReader, count: Int, to array: inout [Int64]) throws(ColumnError) {
    try append(count: count, of: 0, to: &array) { (target) throws(ColumnError) in
      try IntegerColumn.decode(&reader, count: count, into: target)
    }
  }

  /// Appends `count` values; an error leaves the array as it was.
  static func appendValues(_ reader: inout ByteReader, count: Int, to array: inout [Double]) throws(ColumnError) {
    try append(count: count, of: 0, to: &array) { (target) throws(ColumnError) in
      try DoubleColumn.decode(&reader, count: count, into: target)
    }
  }

  private static func append<Element>(
    count: Int, of zero: Element, to array: inout [Element],
    _ decode: (UnsafeMutablePointer<Element>) throws(ColumnError) -> Void
  ) throws(ColumnError) {
    guard count > 0 else { return }
    let start = array.count
    array.append(contentsOf: repeatElement(zero, count: count))
    let failure: ColumnError? = array.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return nil }
      do throws(ColumnError) {
        try decode(base + start)
        return nil
      } catch {
        return error
      }
    }
    if let failure {
      array.removeLast(count)
      throw failure
    }
  }
}

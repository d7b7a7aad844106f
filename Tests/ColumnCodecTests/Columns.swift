import ColumnCodec

/// Packing and unpacking through the two calls that a column has.
enum Columns {
  static func pack(_ values: [Int64]) -> [UInt8] {
    var buffer = ByteBuffer(capacity: 0)
    values.withUnsafeBufferPointer { IntegerColumn.encode($0, into: &buffer) }
    return buffer.bytes
  }

  static func pack(times: [Int64]) -> [UInt8] {
    var buffer = ByteBuffer(capacity: 0)
    times.withUnsafeBufferPointer { TimeColumn.encode($0, into: &buffer) }
    return buffer.bytes
  }

  static func pack(doubles values: [Double]) -> [UInt8] {
    var buffer = ByteBuffer(capacity: 0)
    values.withUnsafeBufferPointer { DoubleColumn.encode($0, into: &buffer) }
    return buffer.bytes
  }

  static func integers(_ bytes: [UInt8], count: Int) throws -> [Int64] {
    try unpack(bytes, count, 0) { try IntegerColumn.decode(&$0, count: count, into: $1) }
  }

  static func times(_ bytes: [UInt8], count: Int) throws -> [Int64] {
    try unpack(bytes, count, 0) { try TimeColumn.decode(&$0, count: count, into: $1) }
  }

  static func doubles(_ bytes: [UInt8], count: Int) throws -> [Double] {
    try unpack(bytes, count, 0) { try DoubleColumn.decode(&$0, count: count, into: $1) }
  }

  /// The bytes lie at the very end of an allocation, so that a checker of memory sees a read past them.
  private static func unpack<Value>(
    _ bytes: [UInt8], _ count: Int, _ zero: Value,
    _ decode: (inout ByteReader, UnsafeMutablePointer<Value>) throws -> Void
  ) throws -> [Value] {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
    defer { copy.deallocate() }
    copy.copyBytes(from: bytes)
    var values = [Value](repeating: zero, count: count)
    var reader = ByteReader(UnsafeRawBufferPointer(copy))
    try values.withUnsafeMutableBufferPointer { values in
      guard let base = values.baseAddress else { return }
      try decode(&reader, base)
    }
    guard reader.isAtEnd else { throw ColumnError.malformed("left over", at: reader.position) }
    return values
  }

  static func hex(_ bytes: [UInt8]) -> String {
    bytes.map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }.joined()
  }

  static func bytes(_ hex: String) -> [UInt8] {
    let digits = Array(hex.utf8)
    return stride(from: 1, to: digits.count, by: 2).map {
      UInt8(String(decoding: digits[$0 - 1...$0], as: UTF8.self), radix: 16) ?? 0
    }
  }
}

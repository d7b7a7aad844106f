/// One-dimensional arrays in Postgres' binary format: dimensions, a flag for NULLs, the element type, length and lower
/// bound, then each element with its length before it (-1 for NULL). See `array_send` in Postgres' sources.
extension PostgresParameters {
  package mutating func int16Array(_ values: [Int16]) {
    values.withUnsafeBufferPointer { fixed($0, PostgresType.int16, PostgresType.int16Array) }
  }

  package mutating func int32Array(_ values: [Int32]) {
    values.withUnsafeBufferPointer { fixed($0, PostgresType.int32, PostgresType.int32Array) }
  }

  package mutating func int64Array(_ values: [Int64]) {
    values.withUnsafeBufferPointer { int64Array($0) }
  }

  package mutating func int64Array(_ values: UnsafeBufferPointer<Int64>) {
    fixed(values, PostgresType.int64, PostgresType.int64Array)
  }

  package mutating func int64Array(_ values: [Int64?]) {
    optional(values, PostgresType.int64, PostgresType.int64Array) { bytes, value in
      bytes.put(Int32(8))
      bytes.put(value)
    }
  }

  package mutating func doubleArray(_ values: [Double]) {
    values.withUnsafeBufferPointer { doubleArray($0) }
  }

  package mutating func doubleArray(_ values: UnsafeBufferPointer<Double>) {
    // A Double's bits travel as an integer's: same size, same byte order.
    values.withMemoryRebound(to: UInt64.self) { fixed($0, PostgresType.double, PostgresType.doubleArray) }
  }

  package mutating func doubleArray(_ values: [Double?]) {
    optional(values, PostgresType.double, PostgresType.doubleArray) { bytes, value in
      bytes.put(Int32(8))
      bytes.put(value.bitPattern)
    }
  }

  package mutating func boolArray(_ values: [Bool]) {
    header(values.count, hasNull: false, PostgresType.bool)
    for value in values {
      bytes.put(Int32(1))
      bytes.put(value ? 1 as UInt8 : 0)
    }
    close(PostgresType.boolArray)
  }

  package mutating func textArray(_ values: [String]) {
    header(values.count, hasNull: false, PostgresType.text)
    for value in values {
      bytes.put(Int32(truncatingIfNeeded: value.utf8.count))
      bytes.put(value)
    }
    close(PostgresType.textArray)
  }

  package mutating func textArray(_ values: [String?]) {
    optional(values, PostgresType.text, PostgresType.textArray) { bytes, value in
      bytes.put(Int32(truncatingIfNeeded: value.utf8.count))
      bytes.put(value)
    }
  }

  package mutating func byteaArray(_ values: [[UInt8]]) {
    header(values.count, hasNull: false, PostgresType.bytea)
    for value in values {
      bytes.put(Int32(truncatingIfNeeded: value.count))
      bytes.put(value)
    }
    close(PostgresType.byteaArray)
  }

  package mutating func byteaArray(_ values: [[UInt8]?]) {
    optional(values, PostgresType.bytea, PostgresType.byteaArray) { bytes, value in
      bytes.put(Int32(truncatingIfNeeded: value.count))
      bytes.put(value)
    }
  }

  /// `uuid[]` from pairs of big-endian halves.
  package mutating func uuidArray(_ values: [(high: UInt64, low: UInt64)]) {
    header(values.count, hasNull: false, PostgresType.uuid)
    for value in values {
      bytes.put(Int32(16))
      bytes.put(value.high)
      bytes.put(value.low)
    }
    close(PostgresType.uuidArray)
  }

  /// An empty array has no dimension, so its header ends after the element type.
  private mutating func header(_ count: Int, hasNull: Bool, _ element: UInt32) {
    bytes.put(Int32(count == 0 ? 0 : 1))
    bytes.put(Int32(hasNull ? 1 : 0))
    bytes.put(element)
    guard count > 0 else { return }
    bytes.put(Int32(truncatingIfNeeded: count))
    bytes.put(Int32(1))
  }

  /// The columns of a batch go this way, so it writes through one pointer: length and value of each element.
  @inline(__always)
  private mutating func fixed<Value: FixedWidthInteger>(
    _ values: UnsafeBufferPointer<Value>, _ element: UInt32, _ array: UInt32
  ) {
    header(values.count, hasNull: false, element)
    let width = MemoryLayout<Value>.size
    let length = Int32(width).bigEndian
    var place = bytes.extend(by: values.count * (4 + width))
    for value in values {
      place.storeBytes(of: length, as: Int32.self)
      (place + 4).storeBytes(of: value.bigEndian, as: Value.self)
      place += 4 + width
    }
    close(array)
  }

  @inline(__always)
  private mutating func optional<Value>(
    _ values: [Value?], _ element: UInt32, _ array: UInt32, _ put: (inout PostgresBytes, Value) -> Void
  ) {
    header(values.count, hasNull: values.contains { $0 == nil }, element)
    for value in values {
      if let value { put(&bytes, value) } else { bytes.put(Int32(-1)) }
    }
    close(array)
  }
}

/// A column of Float64, bit-exact: NaN payloads, signed zeros and infinities come back as they were. A column of no values
/// has no bytes. The same values give the same bytes. docs/event-format.md has the layout.
///
/// Most measured values are decimals of few digits: such a one is the integer i and the column's exponent e with
/// i / 10^e equal to it bit by bit (after ALP: Afroozeh, Kuffó, Boncz, SIGMOD 2024). Values that are not go as exceptions;
/// a column of mostly such goes as raw bits.
package enum DoubleColumn {
  /// First byte: below `raw` an exponent, with `exceptions` added when exceptions follow.
  private static let exceptions: UInt8 = 0x80
  /// A byte: how many low bits are 0 in all values and left out; then the bits above as an `IntegerColumn`.
  private static let raw: UInt8 = 0x40
  /// All values have these 8 bytes.
  private static let constant: UInt8 = 0x41

  package static func encode(_ values: UnsafeBufferPointer<Double>, into buffer: inout ByteBuffer) {
    guard !values.isEmpty else { return }
    guard let exponent = DecimalExponent.choose(values) else { return encodeRaw(values, into: &buffer) }
    let start = buffer.count
    encodeDecimal(values, exponent, into: &buffer)
    let size = buffer.count &- start
    // Raw bits rarely get below half; trying costs as much again.
    guard size > values.count &* 4 else { return }
    var other = ByteBuffer(capacity: size)
    encodeRaw(values, into: &other)
    if other.count < size {
      buffer.truncate(to: start)
      buffer.putBytes(of: other)
    }
  }

  private static func encodeDecimal(
    _ values: UnsafeBufferPointer<Double>, _ exponent: Int, into buffer: inout ByteBuffer
  ) {
    let scaled = UnsafeMutableBufferPointer<Int64>.allocate(capacity: values.count)
    defer { scaled.deallocate() }
    var positions: [Int64] = []
    var bits: [Int64] = []
    let scale = DecimalExponent.scale(exponent)
    var last: Int64 = 0
    for index in 0..<values.count {
      let value = values[index]
      if let integer = DecimalExponent.integer(value, scale) {
        last = integer
      } else {
        positions.append(Int64(index))
        bits.append(Int64(bitPattern: value.bitPattern))
      }
      // An exception leaves the integer before it in its place: it widens no block.
      scaled[index] = last
    }
    buffer.putByte(UInt8(exponent) | (positions.isEmpty ? 0 : exceptions))
    IntegerColumn.encode(UnsafeBufferPointer(scaled), into: &buffer)
    guard !positions.isEmpty else { return }
    buffer.putVarint(UInt64(positions.count))
    positions.withUnsafeBufferPointer { IntegerColumn.encode($0, into: &buffer) }
    bits.withUnsafeBufferPointer { IntegerColumn.encode($0, into: &buffer) }
  }

  private static func encodeRaw(_ values: UnsafeBufferPointer<Double>, into buffer: inout ByteBuffer) {
    var used: UInt64 = 0
    var changed: UInt64 = 0
    for value in values {
      used |= value.bitPattern
      changed |= value.bitPattern ^ values[0].bitPattern
    }
    if changed == 0 {
      buffer.putByte(constant)
      buffer.putFixed64(values[0].bitPattern)
      return
    }
    let shift = UInt64(used.trailingZeroBitCount)
    let bits = UnsafeMutableBufferPointer<Int64>.allocate(capacity: values.count)
    defer { bits.deallocate() }
    for index in 0..<values.count { bits[index] = Int64(bitPattern: values[index].bitPattern &>> shift) }
    buffer.putByte(raw)
    buffer.putByte(UInt8(shift))
    IntegerColumn.encode(UnsafeBufferPointer(bits), into: &buffer)
  }

  /// Reads `count` values, which the caller has bounded, into memory that has room for them. Allocates at most four times
  /// that memory. On an error the memory holds anything.
  package static func decode(
    _ reader: inout ByteReader, count: Int, into values: UnsafeMutablePointer<Double>
  ) throws(ColumnError) {
    guard count > 0 else { return }
    let head = try reader.byte()
    if head == constant {
      values.update(repeating: Double(bitPattern: try reader.fixed64()), count: count)
    } else if head == raw {
      try decodeRaw(&reader, count: count, into: values)
    } else {
      try decodeDecimal(&reader, count: count, head, into: values)
    }
  }

  private static func decodeRaw(
    _ reader: inout ByteReader, count: Int, into values: UnsafeMutablePointer<Double>
  ) throws(ColumnError) {
    let shift = UInt64(try reader.byte())
    guard shift < 64 else { throw .malformed("a shift of \(shift) bits", at: reader.position) }
    try decodeIntegers(&reader, count: count, into: values)
    for index in 0..<count { values[index] = Double(bitPattern: values[index].bitPattern &<< shift) }
  }

  private static func decodeDecimal(
    _ reader: inout ByteReader, count: Int, _ head: UInt8, into values: UnsafeMutablePointer<Double>
  ) throws(ColumnError) {
    let exponent = Int(head & ~exceptions)
    guard exponent <= DecimalExponent.limit else { throw .malformed("an exponent of \(exponent)", at: reader.position) }
    try decodeIntegers(&reader, count: count, into: values)
    if exponent == 0 {
      for index in 0..<count { values[index] = Double(Int64(bitPattern: values[index].bitPattern)) }
    } else {
      let scale = DecimalExponent.scale(exponent)
      for index in 0..<count { values[index] = Double(Int64(bitPattern: values[index].bitPattern)) / scale }
    }
    if head & exceptions != 0 { try decodeExceptions(&reader, count: count, into: values) }
  }

  /// Leaves the integers as the values' bits.
  private static func decodeIntegers(
    _ reader: inout ByteReader, count: Int, into values: UnsafeMutablePointer<Double>
  ) throws(ColumnError) {
    try values.withMemoryRebound(to: Int64.self, capacity: count) { (integers) throws(ColumnError) in
      try IntegerColumn.decode(&reader, count: count, into: integers)
    }
  }

  private static func decodeExceptions(
    _ reader: inout ByteReader, count: Int, into values: UnsafeMutablePointer<Double>
  ) throws(ColumnError) {
    let found = try reader.count(limit: count, of: "exceptions")
    let columns = UnsafeMutablePointer<Int64>.allocate(capacity: found &* 2)
    defer { columns.deallocate() }
    let bits = columns + found
    try IntegerColumn.decode(&reader, count: found, into: columns)
    try IntegerColumn.decode(&reader, count: found, into: bits)
    for index in 0..<found {
      let position = columns[index]
      guard position >= 0, position < Int64(count) else {
        throw .malformed("an exception at \(position) of \(count) values", at: reader.position)
      }
      values[Int(position)] = Double(bitPattern: UInt64(bitPattern: bits[index]))
    }
  }
}

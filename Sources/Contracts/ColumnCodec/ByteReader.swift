/// Reads bytes that came from outside: every read is checked, nothing traps, whatever they are. It borrows the memory:
/// the caller keeps that alive and unchanged as long as the reader is used.
package struct ByteReader {
  package let bytes: UnsafeRawBufferPointer
  /// The offset of the next byte to read; never more than `bytes.count`.
  @usableFromInline package private(set) var position = 0

  @inlinable
  package init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
  }

  @inlinable
  package var remaining: Int { bytes.count &- position }

  @inlinable
  package var isAtEnd: Bool { position == bytes.count }

  /// The next `count` bytes, in place.
  @inlinable
  package mutating func take(_ count: Int) throws(ColumnError) -> UnsafeRawBufferPointer {
    guard count >= 0, count <= remaining else { throw truncated(count) }
    defer { position &+= count }
    return UnsafeRawBufferPointer(rebasing: bytes[position..<(position &+ count)])
  }

  @inlinable
  package mutating func skip(_ count: Int) throws(ColumnError) {
    guard count >= 0, count <= remaining else { throw truncated(count) }
    position &+= count
  }

  @inlinable
  package mutating func byte() throws(ColumnError) -> UInt8 {
    guard remaining >= 1 else { throw truncated(1) }
    defer { position &+= 1 }
    return bytes[position]
  }

  @inlinable
  package mutating func fixed16() throws(ColumnError) -> UInt16 {
    guard remaining >= 2 else { throw truncated(2) }
    defer { position &+= 2 }
    return UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt16.self))
  }

  @inlinable
  package mutating func fixed32() throws(ColumnError) -> UInt32 {
    guard remaining >= 4 else { throw truncated(4) }
    defer { position &+= 4 }
    return UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self))
  }

  @inlinable
  package mutating func fixed64() throws(ColumnError) -> UInt64 {
    guard remaining >= 8 else { throw truncated(8) }
    defer { position &+= 8 }
    return UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
  }

  /// At most 10 bytes, and no bit above the 64th.
  @inlinable
  package mutating func varint() throws(ColumnError) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let next = try byte()
      guard shift < 63 || next <= 1 else { throw ColumnError.malformed("a varint of more than 64 bits", at: position) }
      value |= UInt64(next & 0x7f) &<< shift
      if next < 0x80 { return value }
      shift &+= 7
    }
  }

  @inlinable
  package mutating func zigzag() throws(ColumnError) -> Int64 {
    let value = try varint()
    return Int64(bitPattern: value &>> 1) ^ -Int64(bitPattern: value & 1)
  }

  /// A varint that says how many of something there are: refused above `limit`.
  @inlinable
  package mutating func count(limit: Int, of what: StaticString) throws(ColumnError) -> Int {
    let value = try varint()
    guard limit >= 0, value <= UInt64(limit) else {
      throw ColumnError.overLimit(what: "\(what)", value: value, limit: limit, at: position)
    }
    return Int(value)
  }

  @usableFromInline
  package func truncated(_ wanted: Int) -> ColumnError {
    .truncated(wanted: wanted, remaining: remaining, at: position)
  }
}

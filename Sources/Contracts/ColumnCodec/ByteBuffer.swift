/// Bytes being written: one growable piece of memory, written through a pointer because `Array.append` of small pieces
/// costs fifty times more. All numbers are little-endian. Not thread-safe, owned by one place (`~Copyable`).
package struct ByteBuffer: ~Copyable {
  /// Bytes that may be stored past `count` without a check once `reserve` was called: word-wise writers overrun by it.
  package static let slack = 16

  @usableFromInline package private(set) var base: UnsafeMutableRawPointer
  @usableFromInline package private(set) var capacity: Int
  /// Bytes written so far.
  @usableFromInline package private(set) var count = 0

  package init(capacity: Int = 240) {
    precondition(capacity >= 0, "BUG: a buffer with a negative capacity")
    self.capacity = capacity
    base = .allocate(byteCount: capacity + Self.slack, alignment: 16)
  }

  deinit { base.deallocate() }

  package var isEmpty: Bool { count == 0 }

  /// Valid until the next mutation.
  package func withUnsafeBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
    try body(UnsafeRawBufferPointer(start: base, count: count))
  }

  /// A copy of what was written.
  package var bytes: [UInt8] {
    [UInt8](UnsafeRawBufferPointer(start: base, count: count))
  }

  package mutating func removeAll() { count = 0 }

  /// Forgets what was written after the first `count` bytes.
  package mutating func truncate(to count: Int) {
    precondition(count >= 0 && count <= self.count, "BUG: cannot truncate \(self.count) bytes to \(count)")
    self.count = count
  }

  /// Makes room for `more` bytes after `count`, and `slack` after these.
  @inlinable
  package mutating func reserve(_ more: Int) {
    if capacity &- count < more { grow(more) }
  }

  @inline(never)
  @usableFromInline
  package mutating func grow(_ more: Int) {
    precondition(more >= 0 && more <= Int.max / 4 - capacity, "BUG: a buffer asked for \(more) bytes")
    let larger = max(count + more, capacity * 2)
    let moved = UnsafeMutableRawPointer.allocate(byteCount: larger + Self.slack, alignment: 16)
    moved.copyMemory(from: base, byteCount: count)
    base.deallocate()
    base = moved
    capacity = larger
  }

  /// Where the next byte goes. Only after `reserve`; tell with `advance` what was written.
  @inlinable
  package var end: UnsafeMutableRawPointer { base + count }

  @inlinable
  package mutating func advance(_ written: Int) {
    count &+= written
    assert(count <= capacity, "BUG: wrote past what was reserved")
  }

  @inlinable
  package mutating func putByte(_ value: UInt8) {
    reserve(1)
    end.storeBytes(of: value, as: UInt8.self)
    count &+= 1
  }

  @inlinable
  package mutating func putFixed16(_ value: UInt16) {
    reserve(2)
    end.storeBytes(of: value.littleEndian, as: UInt16.self)
    count &+= 2
  }

  @inlinable
  package mutating func putFixed32(_ value: UInt32) {
    reserve(4)
    end.storeBytes(of: value.littleEndian, as: UInt32.self)
    count &+= 4
  }

  @inlinable
  package mutating func putFixed64(_ value: UInt64) {
    reserve(8)
    end.storeBytes(of: value.littleEndian, as: UInt64.self)
    count &+= 8
  }

  /// Base 128, least significant group first, as Protobuf has it: 1 to 10 bytes.
  @inlinable
  package mutating func putVarint(_ value: UInt64) {
    reserve(10)
    var rest = value
    while rest >= 0x80 {
      base.storeBytes(of: UInt8(truncatingIfNeeded: rest) | 0x80, toByteOffset: count, as: UInt8.self)
      count &+= 1
      rest &>>= 7
    }
    base.storeBytes(of: UInt8(truncatingIfNeeded: rest), toByteOffset: count, as: UInt8.self)
    count &+= 1
  }

  /// A signed number as a varint, small ones of both signs short: 0, -1, 1, -2 … become 0, 1, 2, 3 …
  @inlinable
  package mutating func putZigzag(_ value: Int64) {
    putVarint(UInt64(bitPattern: (value &<< 1) ^ (value &>> 63)))
  }

  @inlinable
  package mutating func putBytes(_ bytes: UnsafeRawBufferPointer) {
    guard let source = bytes.baseAddress else { return }
    reserve(bytes.count)
    end.copyMemory(from: source, byteCount: bytes.count)
    count &+= bytes.count
  }

  package mutating func putBytes(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { putBytes($0) }
  }

  package mutating func putBytes(of other: borrowing ByteBuffer) {
    putBytes(UnsafeRawBufferPointer(start: other.base, count: other.count))
  }

  /// The text's UTF-8, without a length.
  package mutating func putText(_ text: String) {
    var text = text
    text.withUTF8 { putBytes(UnsafeRawBufferPointer($0)) }
  }

  /// Overwrites 4 bytes at `offset`, for a length that is known only later.
  package mutating func patchFixed32(_ value: UInt32, at offset: Int) {
    precondition(offset >= 0 && offset + 4 <= count, "BUG: patch outside of the buffer")
    base.storeBytes(of: value.littleEndian, toByteOffset: offset, as: UInt32.self)
  }

  /// How many bytes `putVarint` writes.
  @inlinable
  package static func varintSize(_ value: UInt64) -> Int {
    (70 &- (value | 1).leadingZeroBitCount) / 7
  }

  /// How many bytes `putZigzag` writes.
  @inlinable
  package static func zigzagSize(_ value: Int64) -> Int {
    varintSize(UInt64(bitPattern: (value &<< 1) ^ (value &>> 63)))
  }
}

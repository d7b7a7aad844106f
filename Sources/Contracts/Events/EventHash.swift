package import ColumnCodec

/// The bytes under an event's hash: SHA-256 runs over them, and the caller runs it. docs/event-format.md has the layout.
///
/// 32 bytes: the hash of the event before it in the shard, zeros for position 1. Then every other column of the event in
/// the table's order, each as its length in bytes (4 bytes, little-endian) and its content: integers little-endian in
/// their column's width, the command id as the UUID's 16 bytes, byte strings as they are. The payload comes last.
package enum EventHash {
  /// Bytes of a hash.
  package static let size = 32
  /// What stands for the hash before position 1.
  package static let beforeFirst = [UInt8](repeating: 0, count: size)

  /// All of it. `record.hash` is not looked at.
  package static func canonical(previous: [UInt8], record: borrowing EventRecord, into buffer: inout ByteBuffer) {
    head(previous: previous, record: record, into: &buffer)
    buffer.putBytes(record.payload)
  }

  /// All but the payload's content, which is to be hashed after it: saves copying the payload.
  package static func head(previous: [UInt8], record: borrowing EventRecord, into buffer: inout ByteBuffer) {
    precondition(previous.count == size, "BUG: the hash before an event has \(previous.count) bytes, not \(size)")
    buffer.putBytes(previous)
    putColumn(UInt32(truncatingIfNeeded: record.shard), into: &buffer)
    putColumn(UInt64(bitPattern: record.position), into: &buffer)
    putColumn(UInt16(bitPattern: record.type.rawValue), into: &buffer)
    putColumn(UInt16(bitPattern: record.schemaVersion), into: &buffer)
    putColumn(UInt64(bitPattern: record.recordedAt), into: &buffer)
    buffer.putFixed32(16)
    buffer.putFixed64(record.commandHigh.byteSwapped)
    buffer.putFixed64(record.commandLow.byteSwapped)
    putColumn(UInt64(bitPattern: record.timeMin), into: &buffer)
    putColumn(UInt64(bitPattern: record.timeMax), into: &buffer)
    putColumn(UInt32(bitPattern: record.sampleCount), into: &buffer)
    buffer.putFixed32(UInt32(record.metadata.count))
    buffer.putBytes(record.metadata)
    buffer.putFixed32(UInt32(record.payload.count))
  }

  private static func putColumn(_ value: UInt16, into buffer: inout ByteBuffer) {
    buffer.putFixed32(2)
    buffer.putFixed16(value)
  }

  private static func putColumn(_ value: UInt32, into buffer: inout ByteBuffer) {
    buffer.putFixed32(4)
    buffer.putFixed32(value)
  }

  private static func putColumn(_ value: UInt64, into buffer: inout ByteBuffer) {
    buffer.putFixed32(8)
    buffer.putFixed64(value)
  }
}

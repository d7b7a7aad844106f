import ColumnCodec

/// The Protobuf message around the packed columns of a payload (`Columns` in events.proto): what is needed to unpack them
/// with bounded memory. Fields of newer writers are ignored.
package struct PayloadEnvelope {
  /// Of `SamplesRecorded` only; 0 elsewhere.
  package let mode: UInt64
  /// How many samples or series.
  package let count: Int
  package let compression: PayloadCompression
  /// Bytes of the columns before compression.
  package let columnsSize: Int
  /// The columns, compressed as said; borrowed from the payload that was read.
  package let columns: UnsafeRawBufferPointer

  /// The most bytes that the columns of a payload may have before compression: what decompression is allowed to make.
  /// Writers stay below because they split by the size before it.
  package static let columnsSizeLimit = EventRecord.payloadLimit
  /// No envelope adds more bytes than this to its columns: five keys, four varints of at most 5 bytes, one of 1.
  package static let overheadLimit = 64

  package static func encode(
    mode: UInt64, count: Int, compression: PayloadCompression, columnsSize: Int, columns: UnsafeRawBufferPointer
  ) -> [UInt8] {
    var buffer = ByteBuffer(capacity: columns.count + overheadLimit)
    buffer.putField(1, varint: mode)
    buffer.putField(2, varint: UInt64(count))
    buffer.putField(3, varint: UInt64(compression.rawValue))
    buffer.putField(4, varint: UInt64(columnsSize))
    buffer.putField(5, bytes: columns)
    return buffer.bytes
  }

  /// `payload` must outlive the envelope, which points into it.
  package init(decoding payload: UnsafeRawBufferPointer, countLimit: Int) throws(EventError) {
    var mode: UInt64 = 0
    var count: UInt64 = 0
    var compression: UInt64 = 0
    var columnsSize: UInt64 = 0
    var columns = UnsafeRawBufferPointer(start: nil, count: 0)
    do throws(ColumnError) {
      var reader = ProtobufReader(payload)
      while let field = try reader.next() {
        switch field.number {
        case 1: mode = try reader.varint(field)
        case 2: count = try reader.varint(field)
        case 3: compression = try reader.varint(field)
        case 4: columnsSize = try reader.varint(field)
        case 5: columns = try reader.bytes(field)
        default: try reader.skip(field)
        }
      }
    } catch {
      throw .damaged(error)
    }
    guard count > 0, count <= UInt64(countLimit) else {
      throw .invalid("expected a count of 1 to \(countLimit), actual \(count)")
    }
    guard let known = UInt8(exactly: compression).flatMap(PayloadCompression.init(rawValue:)) else {
      throw .invalid("expected compression 0 or 1, actual \(compression)")
    }
    guard columnsSize <= UInt64(Self.columnsSizeLimit) else {
      throw .invalid("expected at most \(Self.columnsSizeLimit) bytes of columns, actual \(columnsSize)")
    }
    guard known != .none || columnsSize == UInt64(columns.count) else {
      throw .invalid("expected \(columnsSize) bytes of columns, actual \(columns.count)")
    }
    self.mode = mode
    self.count = Int(count)
    self.compression = known
    self.columnsSize = Int(columnsSize)
    self.columns = columns
  }
}

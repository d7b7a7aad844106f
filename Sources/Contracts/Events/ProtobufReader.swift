package import ColumnCodec

/// Reads the fields of one Protobuf message: `while let field = try reader.next()`, then one of the value reads or `skip`.
/// Borrows its bytes like `ByteReader`. Groups (wire types 3 and 4) are refused.
package struct ProtobufReader {
  package enum WireType: UInt8, Sendable {
    case varint = 0
    case fixed64 = 1
    case bytes = 2
    case fixed32 = 5
  }

  package struct Field: Hashable, Sendable {
    package let number: Int
    package let wireType: WireType
  }

  private var reader: ByteReader

  package init(_ bytes: UnsafeRawBufferPointer) { reader = ByteReader(bytes) }

  /// The next field's key; nil at the end of the message.
  package mutating func next() throws(ColumnError) -> Field? {
    if reader.isAtEnd { return nil }
    let start = reader.position
    let key = try reader.varint()
    guard key >> 3 != 0, key >> 3 <= 0x1fff_ffff, let type = WireType(rawValue: UInt8(key & 7)) else {
      throw ColumnError.malformed("expected a Protobuf field, actual key \(key)", at: start)
    }
    return Field(number: Int(key >> 3), wireType: type)
  }

  package mutating func varint(_ field: Field) throws(ColumnError) -> UInt64 {
    try expect(.varint, field)
    return try reader.varint()
  }

  package mutating func fixed64(_ field: Field) throws(ColumnError) -> UInt64 {
    try expect(.fixed64, field)
    return try reader.fixed64()
  }

  package mutating func fixed32(_ field: Field) throws(ColumnError) -> UInt32 {
    try expect(.fixed32, field)
    return try reader.fixed32()
  }

  /// A length-delimited value, in place: bytes, text or a message.
  package mutating func bytes(_ field: Field) throws(ColumnError) -> UnsafeRawBufferPointer {
    try expect(.bytes, field)
    let count = try reader.count(limit: reader.bytes.count, of: "bytes of a field")
    return try reader.take(count)
  }

  /// Text must be UTF-8, as Protobuf wants it.
  package mutating func text(_ field: Field) throws(ColumnError) -> String {
    let start = reader.position
    guard let text = String(validating: try bytes(field), as: UTF8.self) else {
      throw ColumnError.malformed("expected UTF-8 in field \(field.number)", at: start)
    }
    return text
  }

  /// Passes over the value of a field that is not known.
  package mutating func skip(_ field: Field) throws(ColumnError) {
    switch field.wireType {
    case .varint: _ = try reader.varint()
    case .fixed64: try reader.skip(8)
    case .bytes: _ = try bytes(field)
    case .fixed32: try reader.skip(4)
    }
  }

  private func expect(_ type: WireType, _ field: Field) throws(ColumnError) {
    guard field.wireType == type else {
      throw ColumnError.malformed(
        "expected wire type \(type) in field \(field.number), actual \(field.wireType)", at: reader.position)
    }
  }
}

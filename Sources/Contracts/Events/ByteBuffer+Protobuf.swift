package import ColumnCodec

// Writing Protobuf messages: fields in ascending order, defaults (0, "") left out, as proto3 does, so that the bytes are
// a function of the content.
extension ByteBuffer {
  package mutating func putField(_ number: Int, varint value: UInt64) {
    guard value != 0 else { return }
    putVarint(UInt64(number) << 3)
    putVarint(value)
  }

  package mutating func putField(_ number: Int, bytes: UnsafeRawBufferPointer) {
    guard !bytes.isEmpty else { return }
    putVarint(UInt64(number) << 3 | 2)
    putVarint(UInt64(bytes.count))
    putBytes(bytes)
  }

  package mutating func putField(_ number: Int, text: String) {
    var text = text
    text.withUTF8 { putField(number, bytes: UnsafeRawBufferPointer($0)) }
  }

  // `optional` fields of proto3, which say something by being there: written with their default, too.

  package mutating func putPresentField(_ number: Int, varint value: UInt64) {
    putVarint(UInt64(number) << 3)
    putVarint(value)
  }

  package mutating func putPresentField(_ number: Int, text: String) {
    putVarint(UInt64(number) << 3 | 2)
    var text = text
    text.withUTF8 {
      putVarint(UInt64($0.count))
      putBytes(UnsafeRawBufferPointer($0))
    }
  }
}

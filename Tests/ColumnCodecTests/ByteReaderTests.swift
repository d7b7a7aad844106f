import ColumnCodec
import Testing

@Suite struct ByteReaderTests {
  @Test func whatIsPutIsRead() throws {
    var buffer = ByteBuffer(capacity: 0)
    let varints: [UInt64] = [0, 1, 127, 128, 16_383, 16_384, 1 << 56, 1 << 63, .max]
    buffer.putByte(7)
    buffer.putFixed16(0xabcd)
    buffer.putFixed32(0x0123_4567)
    buffer.putFixed64(0x0123_4567_89ab_cdef)
    for value in varints { buffer.putVarint(value) }
    for value in IntegerColumnTests.extremes { buffer.putZigzag(value) }
    buffer.putText("é")
    try buffer.withUnsafeBytes { (bytes) throws in
      var reader = ByteReader(bytes)
      #expect(try reader.byte() == 7)
      #expect(try reader.fixed16() == 0xabcd)
      #expect(try reader.fixed32() == 0x0123_4567)
      #expect(try reader.fixed64() == 0x0123_4567_89ab_cdef)
      for value in varints { #expect(try reader.varint() == value) }
      for value in IntegerColumnTests.extremes { #expect(try reader.zigzag() == value) }
      #expect(try [UInt8](reader.take(2)) == [0xc3, 0xa9])
      #expect(reader.isAtEnd)
    }
  }

  @Test func sizesAreWhatIsWritten() {
    for shift in 0..<64 {
      for value in [UInt64(1) << UInt64(shift), (1 << UInt64(shift)) - 1, .max >> UInt64(shift)] {
        var buffer = ByteBuffer(capacity: 0)
        buffer.putVarint(value)
        #expect(buffer.count == ByteBuffer.varintSize(value))
      }
    }
  }

  @Test func nothingIsReadPastTheEnd() {
    func refuses(_ bytes: [UInt8], _ read: (inout ByteReader) throws -> Void) -> Bool {
      bytes.withUnsafeBytes { bytes in
        var reader = ByteReader(bytes)
        do { try read(&reader) } catch { return error is ColumnError }
        return false
      }
    }
    #expect(refuses([]) { _ = try $0.byte() })
    #expect(refuses([1]) { _ = try $0.fixed16() })
    #expect(refuses([1, 2, 3]) { _ = try $0.fixed32() })
    #expect(refuses([1, 2, 3, 4, 5, 6, 7]) { _ = try $0.fixed64() })
    #expect(refuses([0x80]) { _ = try $0.varint() })
    #expect(refuses([UInt8](repeating: 0xff, count: 9) + [2]) { _ = try $0.varint() })
    #expect(refuses([1]) { _ = try $0.take(2) })
    #expect(refuses([1]) { _ = try $0.take(-1) })
    #expect(refuses([1]) { try $0.skip(.max) })
    #expect(refuses([9]) { _ = try $0.count(limit: 8, of: "things") })
    #expect(refuses([0]) { _ = try $0.count(limit: -1, of: "things") })
  }

  @Test func aBufferGrowsAndForgets() {
    var buffer = ByteBuffer(capacity: 0)
    for byte in 0..<1_000 { buffer.putByte(UInt8(byte & 255)) }
    #expect(buffer.bytes == (0..<1_000).map { UInt8($0 & 255) })
    buffer.truncate(to: 3)
    #expect(buffer.bytes == [0, 1, 2])
    buffer.removeAll()
    buffer.putFixed32(0)
    buffer.patchFixed32(0x0403_0201, at: 0)
    #expect(buffer.bytes == [1, 2, 3, 4])
  }
}

import ColumnCodec
import Events

// Layout, then base64url without padding: version 1 (1 byte); the store's UUID (16 bytes, big-endian); varint generation;
// the query's fingerprint (8 bytes, little-endian); kind of key (1 byte): 1 series (varint id), 2 sample (varint id,
// zigzag time, 8 bytes of value, varint copy), 3 metric (its name); CRC-32C of all before it (4 bytes, little-endian).
extension PageCursor: CustomStringConvertible {
  private static let version: UInt8 = 1

  package var description: String {
    var buffer = ByteBuffer()
    buffer.putByte(Self.version)
    buffer.putFixed64(storeHigh.byteSwapped)
    buffer.putFixed64(storeLow.byteSwapped)
    buffer.putVarint(UInt64(UInt32(bitPattern: generation)))
    buffer.putFixed64(query)
    switch key {
    case .series(let id):
      buffer.putByte(1)
      buffer.putVarint(UInt64(bitPattern: id.rawValue))
    case .sample(let sample):
      buffer.putByte(2)
      buffer.putVarint(UInt64(bitPattern: sample.series.rawValue))
      buffer.putZigzag(sample.time)
      buffer.putFixed64(sample.value)
      buffer.putVarint(UInt64(bitPattern: sample.copy))
    case .metric(let name):
      buffer.putByte(3)
      buffer.putBytes(Array(name.utf8))
    }
    let checksum = buffer.withUnsafeBytes { CRC32C.checksum($0) }
    buffer.putFixed32(checksum)
    return buffer.withUnsafeBytes { Base64URL.encode($0) }
  }

  /// Nil for what is no cursor, or a damaged one, or one that a newer Daybook made.
  package init?(parsing text: String) {
    guard text.utf8.count <= Self.textLimit, let bytes = Base64URL.decode(text.utf8), bytes.count > 4 else {
      return nil
    }
    let parsed = bytes.withUnsafeBytes { bytes -> PageCursor? in
      let content = UnsafeRawBufferPointer(rebasing: bytes.dropLast(4))
      let checksum = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: content.count, as: UInt32.self))
      guard CRC32C.checksum(content) == checksum, content[0] == Self.version else { return nil }
      var reader = ByteReader(content)
      do throws(ColumnError) {
        try reader.skip(1)
        return try Self.read(&reader)
      } catch {
        return nil
      }
    }
    guard let parsed else { return nil }
    self = parsed
  }

  private static func read(_ reader: inout ByteReader) throws(ColumnError) -> PageCursor? {
    let high = try reader.fixed64().byteSwapped
    let low = try reader.fixed64().byteSwapped
    let generation = try reader.count(limit: Int(Int32.max), of: "generation")
    let query = try reader.fixed64()
    guard let key = try key(&reader), reader.isAtEnd else { return nil }
    return PageCursor(storeHigh: high, storeLow: low, generation: Int32(generation), query: query, key: key)
  }

  private static func key(_ reader: inout ByteReader) throws(ColumnError) -> PageKey? {
    switch try reader.byte() {
    case 1: return .series(try id(&reader))
    case 2:
      return .sample(
        SampleKey(
          series: try id(&reader), time: try reader.zigzag(), value: try reader.fixed64(),
          copy: Int64(try reader.count(limit: Int.max, of: "copies"))))
    case 3:
      let name = String(decoding: try reader.take(reader.remaining), as: UTF8.self)
      return name.utf8.contains(0) ? nil : .metric(name)
    default: return nil
    }
  }

  private static func id(_ reader: inout ByteReader) throws(ColumnError) -> SeriesID {
    SeriesID(rawValue: Int64(try reader.count(limit: Int.max, of: "id")))
  }
}

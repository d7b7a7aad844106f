import ColumnCodec

// Layout, then base64url without padding: version 1 (1 byte); the store's UUID (16 bytes, big-endian); varint generation;
// varint number of positions; for each, ascending by shard: varint difference of shards (from -1), minus 1, and varint
// position; CRC-32C of all before it (4 bytes, little-endian).
extension PositionToken: CustomStringConvertible {
  private static let version: UInt8 = 1

  package var description: String {
    var buffer = ByteBuffer()
    buffer.putByte(Self.version)
    buffer.putFixed64(storeHigh.byteSwapped)
    buffer.putFixed64(storeLow.byteSwapped)
    buffer.putVarint(UInt64(UInt32(bitPattern: generation)))
    buffer.putVarint(UInt64(positions.count))
    var next = 0
    for position in positions {
      buffer.putVarint(UInt64(position.shard - next))
      buffer.putVarint(UInt64(position.position))
      next = position.shard + 1
    }
    let checksum = buffer.withUnsafeBytes { CRC32C.checksum($0) }
    buffer.putFixed32(checksum)
    return buffer.withUnsafeBytes { Base64URL.encode($0) }
  }

  package init(parsing text: String) throws(TokenError) {
    guard text.utf8.count <= Self.textLimit, let bytes = Base64URL.decode(text.utf8) else { throw .malformed }
    self = try bytes.withUnsafeBufferPointer { (bytes) throws(TokenError) in
      try Self.parse(UnsafeRawBufferPointer(bytes))
    }
  }

  private static func parse(_ bytes: UnsafeRawBufferPointer) throws(TokenError) -> PositionToken {
    guard bytes.count > 4 else { throw .malformed }
    let content = UnsafeRawBufferPointer(rebasing: bytes.dropLast(4))
    let checksum = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: content.count, as: UInt32.self))
    guard CRC32C.checksum(content) == checksum else { throw .malformed }
    guard content[0] == version else { throw .unknownVersion }
    do throws(ColumnError) {
      var reader = ByteReader(content)
      try reader.skip(1)
      return try read(&reader)
    } catch {
      throw .malformed
    }
  }

  private static func read(_ reader: inout ByteReader) throws(ColumnError) -> PositionToken {
    let high = try reader.fixed64().byteSwapped
    let low = try reader.fixed64().byteSwapped
    let generation = try reader.count(limit: Int(Int32.max), of: "generation")
    let count = try reader.count(limit: StoreIdentity.shardsLimit, of: "shards")
    var positions: [ShardPosition] = []
    var next = 0
    for _ in 0..<count {
      let shard = next + (try reader.count(limit: StoreIdentity.shardsLimit - 1 - next, of: "shards"))
      let position = try reader.count(limit: Int.max, of: "position")
      guard position > 0 else { throw .malformed("expected a position", at: reader.position) }
      positions.append(ShardPosition(shard: shard, position: Int64(position)))
      next = shard + 1
    }
    guard reader.isAtEnd else { throw .malformed("expected the end of the token", at: reader.position) }
    return PositionToken(storeHigh: high, storeLow: low, generation: Int32(generation), positions: positions)
  }
}

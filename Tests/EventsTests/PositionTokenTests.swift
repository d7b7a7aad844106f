import ColumnCodec
import Events
import TestSupport
import Testing

@Suite struct PositionTokenTests {
  static let store = StoreIdentity(
    idHigh: 0x0193_4f2a_7b5c_7d3e, idLow: 0x8f01_2345_6789_abcd, generation: 1, shards: 8)

  private func token(_ positions: [(Int, Int64)]) -> PositionToken {
    PositionToken(of: Self.store, positions: positions.map { ShardPosition(shard: $0.0, position: $0.1) })
  }

  @Test func aTokenComesBackFromItsText() throws {
    let all: [PositionToken] = [
      token([]), token([(0, 1)]), token([(7, .max)]), token([(3, 17), (0, 1), (7, 1 << 40)]),
      token((0..<4_096).map { ($0, .max - Int64($0)) }),
      PositionToken(storeHigh: 0, storeLow: .max, generation: .max, positions: []),
    ]
    for token in all { #expect(try PositionToken(parsing: "\(token)") == token) }
  }

  @Test func itsTextIsAsRecordedAndNeedsNoEscaping() throws {
    let text = "\(token([(0, 1), (5, 300)]))"
    #expect(text == "AQGTTyp7XH0-jwEjRWeJq80BAgABBKwCvgfxsQ")
    #expect(try PositionToken(parsing: "AQGTTyp7XH0-jwEjRWeJq80BAgABBKwCvgfxsQ").positions.map(\.position) == [1, 300])
    let all = "\(token((0..<4_096).map { ($0, .max) }))"
    #expect(all.utf8.count <= PositionToken.textLimit)
    for character in all.unicodeScalars.map(\.value) {
      #expect(
        (0x30...0x39).contains(character) || (0x41...0x5a).contains(character) || (0x61...0x7a).contains(character)
          || character == 0x2d || character == 0x5f)
    }
  }

  @Test func positionsAreSortedJoinedAndWithoutZeros() {
    let token = token([(5, 3), (1, 0), (0, 9), (5, 8), (5, 4)])
    #expect(token.positions == [ShardPosition(shard: 0, position: 9), ShardPosition(shard: 5, position: 8)])
    #expect(token.position(of: 5) == 8)
    #expect(token.position(of: 1) == 0)
  }

  @Test func mergingKeepsTheLaterOfEachShard() throws {
    let merged = try token([(0, 5), (1, 1)]).merged(with: token([(0, 3), (1, 2), (2, 7)]))
    #expect(merged == token([(0, 5), (1, 2), (2, 7)]))
  }

  @Test func anotherStoreOrGenerationIsRefused() {
    let other = PositionToken(
      storeHigh: Self.store.idHigh, storeLow: Self.store.idLow, generation: 2, positions: [])
    #expect(throws: TokenError.otherStore) { try token([]).merged(with: other) }
    #expect(!other.isOf(Self.store))
    #expect(token([(7, 1)]).isOf(Self.store))
    #expect(!token([(8, 1)]).isOf(Self.store), "a shard that the store does not have")
  }

  @Test func everyDamagedCharacterIsNoticed() {
    let text = Array("\(token([(0, 1), (5, 300)]))".utf8)
    for place in text.indices {
      for other in "AzB09-_~.+/= \u{0}".utf8 where other != text[place] {
        var damaged = text
        damaged[place] = other
        #expect(throws: TokenError.self) { try PositionToken(parsing: String(decoding: damaged, as: UTF8.self)) }
      }
      var shortened = text
      shortened.remove(at: place)
      #expect(throws: TokenError.self) { try PositionToken(parsing: String(decoding: shortened, as: UTF8.self)) }
    }
    for text in ["", "A", "AAAA", "é", String(repeating: "A", count: 70_000)] {
      #expect(throws: TokenError.malformed) { try PositionToken(parsing: text) }
    }
  }

  /// Somebody who makes the checksum right too.
  private func forged(_ content: [UInt8]) -> String {
    var buffer = ByteBuffer()
    buffer.putBytes(content)
    buffer.putFixed32(content.withUnsafeBytes { CRC32C.checksum($0) })
    return buffer.withUnsafeBytes { Base64URL.encode($0) }
  }

  @Test func forgedTokensAreRefusedWithoutATrap() throws {
    let head: [UInt8] = [1] + [UInt8](repeating: 7, count: 16) + [1]
    #expect(try PositionToken(parsing: forged(head + [1, 0, 5])).positions.count == 1)
    for rest: [UInt8] in [
      [], [1], [1, 0], [1, 0, 0], [1, 0x80, 0x20, 1], [2, 0xff, 0x1f, 1, 0, 1], [0x81, 0x20], [0, 0], [1, 0, 5, 5],
      [1, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
    ] {
      #expect(throws: TokenError.malformed, "\(rest)") { try PositionToken(parsing: forged(head + rest)) }
    }
    #expect(throws: TokenError.unknownVersion) { try PositionToken(parsing: forged([2] + head.dropFirst())) }
    var random = SeededRandom()
    for _ in 0..<20_000 {
      let noise = (0..<Int.random(in: 0...20, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      _ = try? PositionToken(parsing: forged(head + noise))
      _ = try? PositionToken(parsing: String(decoding: noise, as: UTF8.self))
    }
  }

  @Test func theChecksumIsTheKnownOne() {
    #expect(Array("123456789".utf8).withUnsafeBytes { CRC32C.checksum($0) } == 0xe306_9283)
  }
}

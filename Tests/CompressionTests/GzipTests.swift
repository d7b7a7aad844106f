import Compression
import TestSupport
import Testing

@Suite struct GzipTests {
  @Test func roundTripsBytesOfAnySizeAndKind() throws {
    var random = SeededRandom()
    for size in [0, 1, 100, 65_535, 65_536, 1_000_003] {
      for alphabet in [UInt8(0), 3, 255] {
        let content = (0..<size).map { _ in UInt8.random(in: 0...alphabet, using: &random) }
        #expect(try Gzip.decompress(Gzip.compress(content), limit: size) == content)
        #expect(try Gzip.decompress(Gzip.compress(content, level: 1), limit: size + 1) == content)
      }
    }
  }

  @Test func theLimitIsExact() throws {
    let content = [UInt8](repeating: 7, count: 100_000)
    let packed = Gzip.compress(content)
    #expect(try Gzip.decompress(packed, limit: 100_000).count == 100_000)
    #expect(throws: CompressionError.tooLarge(limit: 99_999)) { try Gzip.decompress(packed, limit: 99_999) }
    #expect(throws: CompressionError.tooLarge(limit: 0)) { try Gzip.decompress(packed, limit: 0) }
  }

  @Test func membersAreJoined() throws {
    let parts = [[UInt8](repeating: 1, count: 70_000), [], Array("middle".utf8), [UInt8](repeating: 2, count: 3)]
    let packed = parts.flatMap { Gzip.compress($0) }
    let whole = parts.flatMap { $0 }
    #expect(try Gzip.decompress(packed, limit: whole.count) == whole)
    #expect(throws: CompressionError.tooLarge(limit: whole.count - 1)) {
      try Gzip.decompress(packed, limit: whole.count - 1)
    }
  }

  @Test func truncationDamageAndTrailingRubbishAreErrors() {
    let content = (0..<50_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 3) }
    let packed = Gzip.compress(content)
    for count in [0, 1, 5, 10, packed.count / 2, packed.count - 1] { expectDamaged(Array(packed[..<count])) }
    expectDamaged(packed + [0])
    expectDamaged(packed + Array("rubbish".utf8))
    expectDamaged(packed + packed.prefix(20))
    var flipped = packed
    flipped[packed.count / 2] ^= 0x40
    expectDamaged(flipped)
    var wrongChecksum = packed
    wrongChecksum[packed.count - 6] ^= 1
    expectDamaged(wrongChecksum)
    expectDamaged(Array("plain text, not gzip".utf8))
  }

  @Test func aBombOfTenGibibytesStopsAtTheLimit() throws {
    let bomb = Self.bomb(megabytes: 10_240)
    let limit = 32 << 20
    #expect(throws: CompressionError.tooLarge(limit: limit)) { try Gzip.decompress(bomb, limit: limit) }
  }

  @Test func damagedInputNeverTraps() {
    var random = SeededRandom()
    let good = Gzip.compress(Array(repeating: Array("cpu,host=a value=1\n".utf8), count: 50).flatMap { $0 })
    for _ in 0..<3_000 {
      var bytes = good
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...255, using: &random)
      }
      _ = try? Gzip.decompress(bytes, limit: 10_000)
    }
  }

  private func expectDamaged(_ bytes: [UInt8], _ location: SourceLocation = #_sourceLocation) {
    do {
      _ = try Gzip.decompress(bytes, limit: 1 << 20)
      Issue.record("\(bytes.count) bytes were taken", sourceLocation: location)
    } catch {
      guard case .damaged(format: "gzip", let reason) = error else {
        Issue.record("\(error)", sourceLocation: location)
        return
      }
      #expect(!reason.isEmpty, sourceLocation: location)
    }
  }

  /// Members of 1 MiB of zeros, and a last one whose trailer claims little.
  static func bomb(megabytes: Int) -> [UInt8] {
    let member = Gzip.compress([UInt8](repeating: 0, count: 1 << 20), level: 9)
    return Array(repeatElement(member, count: megabytes).joined()) + Gzip.compress([1])
  }
}

import Compression
import TestSupport
import Testing

@Suite struct ZstdTests {
  @Test func roundTripsBytesOfAnySizeAndKind() throws {
    var random = SeededRandom()
    for size in [0, 1, 100, 65_536, 1_000_003] {
      for alphabet in [UInt8(0), 3, 255] {
        let content = (0..<size).map { _ in UInt8.random(in: 0...alphabet, using: &random) }
        #expect(try Zstd.decompress(Zstd.compress(content), limit: size) == content)
        #expect(try Zstd.decompress(Zstd.compress(content, level: 9), limit: size + 1) == content)
      }
    }
  }

  @Test func theLimitIsExact() throws {
    let packed = Zstd.compress([UInt8](repeating: 7, count: 100_000))
    #expect(try Zstd.decompress(packed, limit: 100_000).count == 100_000)
    #expect(throws: CompressionError.tooLarge(limit: 99_999)) { try Zstd.decompress(packed, limit: 99_999) }
  }

  @Test func framesAreJoined() throws {
    let parts = [[UInt8](repeating: 1, count: 70_000), [], Array("middle".utf8)]
    let packed = parts.flatMap { Zstd.compress($0) }
    let whole = parts.flatMap { $0 }
    #expect(try Zstd.decompress(packed, limit: whole.count) == whole)
    #expect(throws: CompressionError.tooLarge(limit: whole.count - 1)) {
      try Zstd.decompress(packed, limit: whole.count - 1)
    }
  }

  @Test func framesThatDoNotSayTheirSizeAreMeasured() throws {
    // A frame by hand (RFC 8878): no content size, window of 1 MiB, a run of 100,000 times "a" in one RLE block.
    let run: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0x00, 0x50, 0x03 | 0x00, 0x00, 0x00, 0x61]
    func frame(_ count: Int, isLast: Bool = true) -> [UInt8] {
      let header = count << 3 | 1 << 1 | (isLast ? 1 : 0)
      return Array(run[..<6]) + [UInt8(header & 255), UInt8(header >> 8 & 255), UInt8(header >> 16), 0x61]
    }
    let packed = frame(100_000)
    #expect(try Zstd.decompress(packed, limit: 100_000) == [UInt8](repeating: 0x61, count: 100_000))
    #expect(try Zstd.decompress(packed + packed + Zstd.compress([1]), limit: 200_001).count == 200_001)
    #expect(throws: CompressionError.tooLarge(limit: 99_999)) { try Zstd.decompress(packed, limit: 99_999) }
    expectDamaged(frame(1_000, isLast: false))
    expectDamaged(Array(packed.dropLast()))
    // A window larger than we give memory for.
    var wide = packed
    wide[5] = 0xB0
    expectDamaged(wide)
  }

  @Test func truncationDamageAndTrailingRubbishAreErrors() {
    let content = (0..<50_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 3) }
    let packed = Zstd.compress(content)
    for count in [0, 1, 5, packed.count / 2, packed.count - 1] { expectDamaged(Array(packed[..<count])) }
    expectDamaged(packed + [0])
    expectDamaged(packed + Array("rubbish".utf8))
    expectDamaged(Array("plain text, not zstd".utf8))
  }

  @Test func damagedInputNeverTraps() {
    var random = SeededRandom()
    let good = Zstd.compress(Array(repeating: Array("cpu,host=a value=1\n".utf8), count: 50).flatMap { $0 })
    for _ in 0..<3_000 {
      var bytes = good
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...255, using: &random)
      }
      _ = try? Zstd.decompress(bytes, limit: 10_000)
    }
  }

  private func expectDamaged(_ bytes: [UInt8], _ location: SourceLocation = #_sourceLocation) {
    do {
      _ = try Zstd.decompress(bytes, limit: 1 << 20)
      Issue.record("\(bytes.count) bytes were taken", sourceLocation: location)
    } catch {
      guard case .damaged(format: "zstd", let reason) = error else {
        Issue.record("\(error)", sourceLocation: location)
        return
      }
      #expect(!reason.isEmpty, sourceLocation: location)
    }
  }
}

import Commands
import Events
import LineProtocol
import TestSupport
import Testing
import WriteTestSupport

@Suite struct FuzzTests {
  private static let seeds: [String] = [
    #"cpu,host=a\ b,region=eu f=1.5,g=2i,h=t,s="x\"y" 1451606400000000000"#,
    "m value=1\n# comment\r\nm,a=b value=-1e-5 5\n",
    #"we\,ird\ name,k\=ey=va\,lue fi\=eld=18446744073709551615u -17"#,
    "m,time=1 f=1 5\nm time=1,f=2 5\nm f=9223372036854775807i 99999999999999999999\n",
  ]

  @Test func randomMutationsNeverTrapAndCountsAgree() throws {
    var random = SeededRandom()
    let cache = HeadCache(byteLimit: 256 << 10)
    let resolver = FakeResolver(shards: 3)
    let parser = LineParser(cache: cache, resolver: resolver)
    for round in 0..<30_000 {
      let body = Self.mutate(Array(Self.seeds[random.next(Self.seeds.count)].utf8), &random)
      // A block of its own size: a read past its end is what the sanitizer would see.
      let outcome = try body.withUnsafeBytes {
        try parser.parse($0, precision: round % 2 == 0 ? .nanoseconds : .hours, serverTime: 1)
      }
      check(outcome, shards: 3)
      if random.next(4) == 0 { resolver.commit(outcome.batch) }
    }
  }

  private func check(_ outcome: LineOutcome, shards: Int) {
    #expect(outcome.accepted == outcome.batch.count)
    #expect(outcome.rejected.count == min(RejectedSample.keptLimit, outcome.rejectedByReason.values.reduce(0, +)))
    #expect(outcome.rejectedLines <= outcome.lines)
    var used: Set<Int> = []
    for (shard, columns) in outcome.batch.shards.enumerated() {
      #expect(columns.series.count == columns.times.count && columns.times.count == columns.values.count)
      let isFinite = columns.values.allSatisfy(\.isFinite)
      #expect(isFinite)
      for reference in columns.series {
        if reference >= 0 {
          #expect(SeriesID(rawValue: reference).shard(of: shards) == shard)
        } else {
          let index = SampleBatch.newIndex(of: reference)
          #expect(index < outcome.batch.newSeries.count)
          used.insert(index)
        }
      }
    }
    #expect(used.count == outcome.batch.newSeries.count)
  }

  private static func mutate(_ bytes: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
    var bytes = bytes
    let alphabet = Array("=, \\\"\n\r#tFiue.-+0919\u{0}".utf8) + [0xFF, 0x80]
    for _ in 0..<(1 + random.next(6)) {
      let place = random.next(bytes.count + 1)
      switch random.next(5) {
      case 0: bytes.insert(alphabet[random.next(alphabet.count)], at: place)
      case 1 where place < bytes.count: bytes.remove(at: place)
      case 2 where place < bytes.count: bytes[place] = alphabet[random.next(alphabet.count)]
      case 3: bytes.removeSubrange(place...)
      default: bytes.append(contentsOf: bytes[place...].prefix(40))
      }
      if bytes.isEmpty { bytes = [0x6D] }
    }
    return bytes
  }
}

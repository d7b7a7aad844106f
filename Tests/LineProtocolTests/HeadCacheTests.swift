import Commands
import Events
import LineProtocol
import Runtime
import Testing
import WriteTestSupport

@Suite struct HeadCacheTests {
  @Test func theSameSeriesUnderAnyOrderOfTagsHasOneID() throws {
    let outcome = try parse("m,a=1,b=2 f=1 5\nm,b=2,a=1 f=2 6\nm,b=2,a=1 g=1,f=3 7\n")
    #expect(outcome.batch.newSeries.map { Parsed.text($0.key) } == ["m_f{a=1,b=2}", "m_g{a=1,b=2}"])
    #expect(outcome.accepted == 4)
  }

  @Test func afterTheCommitIDsComeFromTheResolverAndThenFromTheCache() throws {
    let cache = HeadCache()
    let resolver = FakeResolver()
    let body = "m,a=1,b=2 f=1,g=2 5\nm,b=2,a=1 g=1 6\n"
    let first = try parse(body, cache: cache, resolver: resolver)
    #expect(first.batch.newSeries.count == 2)
    #expect(cache.status.heads == 0)
    resolver.commit(first.batch)
    let second = try parse(body, cache: cache, resolver: resolver)
    #expect(second.batch.newSeries.isEmpty)
    #expect(cache.status.heads == 2)
    let third = try parse(body, cache: cache, resolver: FakeResolver())
    #expect(third.batch.newSeries.isEmpty)
    #expect(third.batch.shards == second.batch.shards)
    let ids = Set(third.batch.shards.flatMap(\.series))
    #expect(ids.count == 2 && ids.allSatisfy { $0 >= 0 })
    for (shard, columns) in third.batch.shards.enumerated() {
      #expect(columns.series.allSatisfy { SeriesID(rawValue: $0).shard(of: 8) == shard })
    }
  }

  @Test func fieldsInAnotherOrderOrAddedLaterFindTheirSeries() throws {
    let cache = HeadCache()
    let resolver = FakeResolver()
    let known = try parse("m,a=1 f=1,g=2,h=3 5", cache: cache, resolver: resolver)
    resolver.commit(known.batch)
    _ = try parse("m,a=1 f=1,g=2,h=3 5", cache: cache, resolver: resolver)
    let mixed = try parse("m,a=1 h=3,x=9,f=1,g=2 6\nm,a=1 x=8,h=4 7\n", cache: cache, resolver: resolver)
    #expect(mixed.batch.newSeries.map { Parsed.text($0.key) } == ["m_x{a=1}"])
    #expect(mixed.accepted == 6)
    resolver.commit(mixed.batch)
    _ = try parse("m,a=1 x=8,h=4 7\n", cache: cache, resolver: resolver)
    // All four are in the cache now: a resolver that knows nothing is not asked.
    let last = try parse("m,a=1 g=1,x=2,h=3,f=4 8", cache: cache, resolver: FakeResolver())
    #expect(last.batch.newSeries.isEmpty)
    #expect(last.accepted == 4)
  }

  @Test func hostsWithTheSameFieldsShareTheirNames() throws {
    let name = String(repeating: "f", count: 200)
    func bytesPerHead(_ body: String) throws -> Int {
      let cache = HeadCache()
      let resolver = FakeResolver()
      let empty = cache.status.byteCount
      for _ in 0..<2 { resolver.commit(try parse(body, cache: cache, resolver: resolver).batch) }
      #expect(cache.status.heads == 100)
      return (cache.status.byteCount - empty) / 100
    }
    let alike = try bytesPerHead((0..<100).map { "m,host=\($0) \(name)=1 5" }.joined(separator: "\n"))
    let different = try bytesPerHead((0..<100).map { "m,host=\($0) \(name)\($0)=1 5" }.joined(separator: "\n"))
    #expect(alike < 150)
    #expect(different > 250)
  }

  @Test func shapesThatDifferInOrderOrCountOnlyAreKeptApart() throws {
    let cache = HeadCache()
    let resolver = FakeResolver()
    let body = "m,h=1 a=1,b=2 5\nm,h=2 b=3,a=4 5\nm,h=3 a=5 5\nm,h=4 ab=6,b=7 5\n"
    resolver.commit(try parse(body, cache: cache, resolver: resolver).batch)
    _ = try parse(body, cache: cache, resolver: resolver)
    #expect(cache.status.heads == 4)
    // From the cache alone: a resolver that knows nothing would make new series.
    let cached = try parse(body, cache: cache, resolver: FakeResolver())
    let fresh = try parse(body, cache: HeadCache(), resolver: resolver)
    #expect(cached.batch.newSeries.isEmpty)
    #expect(cached.batch.shards == fresh.batch.shards)
  }

  @Test func aFullCacheIsEmptiedAndGoesOnBeingRight() throws {
    let cache = HeadCache(byteLimit: 64 << 10)
    let resolver = FakeResolver()
    for round in 0..<20 {
      let body = (0..<100).map { "m,host=h\(round)-\($0) f=\($0),g=1 5" }.joined(separator: "\n")
      let first = try parse(body, cache: cache, resolver: resolver)
      #expect(first.batch.newSeries.count == 200)
      resolver.commit(first.batch)
      let again = try parse(body, cache: cache, resolver: resolver)
      #expect(again.batch.newSeries.isEmpty)
      #expect(again.accepted == 200)
      #expect(cache.status.byteCount <= 64 << 10)
    }
    #expect(cache.status.timesEmptied > 0)
    #expect(cache.status.heads > 0)
  }

  @Test func moreFieldsThanAreRememberedAreRead() throws {
    let cache = HeadCache()
    let resolver = FakeResolver()
    let line = "m " + (0..<1_000).map { "f\($0)=\($0)" }.joined(separator: ",") + " 5\n"
    resolver.commit(try parse(line, cache: cache, resolver: resolver).batch)
    let outcome = try parse(line + line, cache: cache, resolver: resolver)
    #expect(outcome.accepted == 2_000)
    #expect(outcome.batch.newSeries.isEmpty)
  }

  @Test func moreNewSeriesThanTheLimitRefuseTheBodyAndTheParserGoesOn() throws {
    let parser = LineParser(cache: HeadCache(), resolver: FakeResolver())
    let many = Array((0...LineParser.newSeriesLimit).map { "m,i=\($0) f=1 5" }.joined(separator: "\n").utf8)
    #expect(throws: LineBodyError.tooManyNewSeries) {
      try many.withUnsafeBytes { _ = try parser.parse($0, precision: .nanoseconds, serverTime: 0) }
    }
    let one = try Array("m f=1 5".utf8).withUnsafeBytes {
      try parser.parse($0, precision: .nanoseconds, serverTime: 0)
    }
    #expect(one.accepted == 1)
    #expect(one.batch.newSeries.count == 1)
  }

  @Test func manyThreadsShareOneCache() throws {
    let cache = HeadCache(byteLimit: 1 << 20)
    let resolver = FakeResolver()
    let bodies = (0..<8).map { group in
      (0..<200).map { "m,host=h\(group)-\($0) f=\($0),g=1 \($0)" }.joined(separator: "\n")
    }
    for body in bodies { resolver.commit(try parse(body, cache: cache, resolver: resolver).batch) }
    let threads = (0..<4).map { index in
      OwnedThread("line-\(index)") {
        for round in 0..<40 {
          let outcome = try? parse(bodies[(index * 3 + round) % 8], cache: cache, resolver: resolver)
          precondition(outcome?.accepted == 400 && outcome?.batch.newSeries.isEmpty == true)
        }
      }
    }
    for thread in threads { thread.join() }
    #expect(cache.status.heads > 0)
  }
}

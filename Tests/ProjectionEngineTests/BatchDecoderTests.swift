import EventFeed
import Events
import ProjectionEngine
import ProjectionKit
import TestSupport
import Testing

@Suite struct BatchDecoderTests {
  private func batch(_ scene: EngineScene) throws -> FeedBatch {
    let feed = try StoreFeed(scene.address("daybook_feed"), application: "tests")
    let marks = (0..<8).map { FeedMark(shard: $0, position: 0, hash: []) }
    return try feed.fetch(after: marks, limits: FeedLimits())
  }

  @Test func decodingStopsAtItsLimitAndBeginsNextTimeWhereItStopped() throws {
    let scene = try EngineScene()
    for shard in [1, 4, 6] { try scene.log.recordMany(shard: shard, count: 10) }
    let batch = try batch(scene)
    var decoder = BatchDecoder()
    var shards: [[Int]] = []
    for _ in 0..<4 {
      let decoded = decoder.decode(batch, EventDecoder(shards: 8), bytesLimit: 3_000)
      let events = decoded.events
      #expect(events.count + decoded.left == 30)
      #expect(events.count == 14)
      for shard in [1, 4, 6] {
        let positions = events.filter { $0.shard == shard }.map(\.position)
        #expect(positions == Array(1...10).prefix(positions.count).map { Int64($0) })
      }
      shards.append(Array(Set(events.map(\.shard))).sorted())
    }
    #expect(shards == [[1, 4], [4, 6], [1, 6], [1, 4]])
  }

  @Test func oneEventIsAlwaysDecoded() throws {
    let scene = try EngineScene()
    try scene.log.recordMany(shard: 0, count: 3)
    let batch = try batch(scene)
    var decoder = BatchDecoder()
    let decoded = decoder.decode(batch, EventDecoder(shards: 8), bytesLimit: 1)
    #expect(decoded.events.map(\.position) == [1])
    #expect(decoded.left == 2)
  }

  @Test func anEventThatCannotBeDecodedEndsItsShardAndNoOther() throws {
    let scene = try EngineScene()
    for shard in [1, 4, 6] { try scene.log.recordMany(shard: shard, count: 10) }
    var batch = try batch(scene)
    // The fourth of shard 4, with offsets in all of them but of shard 6.
    batch.records[13].payload.removeLast()
    batch.offsets = (0..<30).map { $0 < 20 ? Int64($0) : -1 }
    batch.faults = [1, 4, 6].map { FeedFault(shard: $0, position: 11, reason: "a test", remedy: "none") }
    var decoder = BatchDecoder()
    let decoded = decoder.decode(batch, EventDecoder(shards: 8), bytesLimit: 1 << 20)
    #expect(decoded.events.count == 23)
    #expect(decoded.left == 0)
    #expect(decoded.events.map(\.offset) == (0..<13).map { Int64($0) } + Array(repeating: nil, count: 10))
    #expect(decoded.undecodable.map(\.shard) == [4])
    #expect(decoded.undecodable.map(\.position) == [4])
    // What the feed says of a shard counts once all that was before is decoded.
    #expect(decoded.unreadable.map(\.shard) == [1, 6])
    let little = decoder.decode(batch, EventDecoder(shards: 8), bytesLimit: 3_000)
    #expect(little.unreadable.map(\.shard) == [1])
    #expect(little.left == 9)
  }

  @Test func anEngineWithLittleMemoryProjectsAllTheSame() throws {
    let scene = try EngineScene()
    for shard in 0..<8 { try scene.log.recordMany(shard: shard, count: 60) }
    let projection = JournalProjection()
    var settings = scene.settings([projection])
    settings.decodedBytesLimit = 2_000
    _ = scene.start(settings)
    try scene.waitUntilProjected()
    #expect(projection.witness.now.largestFlush <= 10)
    #expect(try scene.faults() == 0)
  }
}

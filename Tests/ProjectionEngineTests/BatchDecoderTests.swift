import EventFeed
import Events
import ProjectionEngine
import ProjectionKit
import TestSupport
import Testing

@Suite struct BatchDecoderTests {
  private func records(_ scene: EngineScene) throws -> [EventRecord] {
    let feed = try StoreFeed(scene.address("daybook_feed"), application: "tests")
    let marks = (0..<8).map { FeedMark(shard: $0, position: 0, hash: []) }
    return try feed.fetch(after: marks, limits: FeedLimits()).records
  }

  @Test func decodingStopsAtItsLimitAndBeginsNextTimeWhereItStopped() throws {
    let scene = try EngineScene()
    for shard in [1, 4, 6] { try scene.log.recordMany(shard: shard, count: 10) }
    let records = try records(scene)
    var decoder = BatchDecoder()
    var shards: [[Int]] = []
    for _ in 0..<4 {
      let (events, left) = try decoder.decode(records, EventDecoder(shards: 8), bytesLimit: 3_000)
      #expect(events.count + left == 30)
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
    let records = try records(scene)
    var decoder = BatchDecoder()
    let (events, left) = try decoder.decode(records, EventDecoder(shards: 8), bytesLimit: 1)
    #expect(events.map(\.position) == [1])
    #expect(left == 2)
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

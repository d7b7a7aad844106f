import Events
import Testing

@Suite struct SeriesIDTests {
  @Test func anIDTellsItsShardAndItsIndex() {
    for shards in [1, 3, 8, 4_096] {
      for index in [0, 1, 77, SeriesID.indexLimit - 1] {
        let id = SeriesID(index: index, shard: shards - 1, shards: shards)
        #expect(id.shard(of: shards) == shards - 1)
        #expect(id.index(of: shards) == index)
      }
    }
  }
}

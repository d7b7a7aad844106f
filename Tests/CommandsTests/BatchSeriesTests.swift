import Commands
import Events
import Hashing
import Testing

private struct Known: SeriesResolver {
  var shards: Int { 4 }
  let ids: [XXH3.Hash128: SeriesID]
  func lookup(_ fingerprint: XXH3.Hash128) -> SeriesID? { ids[fingerprint] }
}

@Test func knownSeriesGetTheirIdsAndNewOnesOneReferenceEach() throws {
  let old = try SeriesKey(name: "old")
  let new = try (0..<3).map { try SeriesKey(name: "new\($0)") }
  var batch = BatchSeries(resolver: Known(ids: [old.fingerprint: SeriesID(rawValue: 42)]))
  let first = batch.reference(old.fingerprint) { old }
  #expect(first.series == 42)
  #expect(first.shard == ShardOf.series(old.fingerprint, shards: 4))
  for _ in 0..<2 {
    for (index, key) in new.enumerated() {
      let (shard, series) = batch.reference(key.fingerprint) { key }
      #expect(series == SampleBatch.reference(toNew: index))
      #expect(SampleBatch.newIndex(of: series) == index)
      #expect(shard == batch.newSeries[index].shard)
    }
  }
  #expect(batch.newSeries.map(\.key) == new)
}

@Test func theKeyOfAKnownSeriesIsNotBuilt() throws {
  let key = try SeriesKey(name: "a")
  var batch = BatchSeries(resolver: Known(ids: [key.fingerprint: SeriesID(rawValue: 0)]))
  _ = batch.reference(key.fingerprint) {
    Issue.record("built the key of a known series")
    return key
  }
}

/// The shard of a series is for ever: these must never change.
@Test func theShardOfASeriesStaysWhatItIs() throws {
  let key = try SeriesKey(name: "cpu", labels: [("host", "a"), ("core", "0")])
  let again = try SeriesKey(name: "cpu", labels: [("core", "0"), ("host", "a")])
  #expect(key.fingerprint == again.fingerprint)
  #expect(ShardOf.series(XXH3.Hash128(high: 1, low: 17), shards: 8) == 1)
  #expect(ShardOf.series(XXH3.Hash128(high: 1, low: .max), shards: 3) == 0)
}

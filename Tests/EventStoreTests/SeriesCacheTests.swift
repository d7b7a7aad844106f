import EventStore
import Events
import Hashing
import TestSupport
import Testing

@Test func theCacheFindsWhatWasPutInAndNothingElse() {
  var random = SeededRandom()
  let cache = SeriesCache(shards: 8)
  var known: [XXH3.Hash128: SeriesID] = [:]
  for number in 0..<100_000 {
    let fingerprint = XXH3.Hash128(high: random.next(), low: random.next())
    let id = SeriesID(rawValue: Int64(number))
    known[fingerprint] = id
    cache.insert(fingerprint, id)
  }
  for (fingerprint, id) in known { #expect(cache.lookup(fingerprint) == id) }
  for _ in 0..<1_000 {
    #expect(cache.lookup(XXH3.Hash128(high: random.next(), low: random.next())) == nil)
  }
  #expect(cache.count == known.count)
}

@Test func fingerprintsThatShareASlotAreToldApart() {
  let cache = SeriesCache(shards: 8)
  for low in 0..<64 { cache.insert(XXH3.Hash128(high: 7, low: UInt64(low)), SeriesID(rawValue: Int64(low))) }
  for low in 0..<64 {
    #expect(cache.lookup(XXH3.Hash128(high: 7, low: UInt64(low))) == SeriesID(rawValue: Int64(low)))
  }
  #expect(cache.lookup(XXH3.Hash128(high: 7, low: 64)) == nil)
}

@Test func aFullCacheKeepsItsLimitAndTheNewest() {
  var random = SeededRandom()
  let limit = 64 * 200
  let cache = SeriesCache(shards: 8, entriesLimit: limit)
  var all: [XXH3.Hash128] = []
  for number in 0..<limit * 4 {
    let fingerprint = XXH3.Hash128(high: random.next(), low: random.next())
    all.append(fingerprint)
    cache.insert(fingerprint, SeriesID(rawValue: Int64(number)))
    if number % 997 == 0 { #expect(cache.count <= limit) }
  }
  // Stripes fill unevenly; the newest quarter of the limit is in the younger half of every one.
  for fingerprint in all.suffix(limit / 4) { #expect(cache.lookup(fingerprint) != nil) }
  #expect(cache.lookup(all[0]) == nil)
}

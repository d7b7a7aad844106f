import Events
import Glibc
import TestSupport
import Testing

@Suite struct SamplesRecordedTests {
  private func roundTrip(_ samples: SampleColumns) throws -> (parts: [SamplesRecorded.Part], SampleColumns) {
    let parts = SamplesRecorded.split(samples, shards: Samples.shards)
    var unpacked = SampleColumns()
    for part in parts {
      let payload = Samples.payload(part, mode: .observe)
      #expect(payload.count <= EventRecord.payloadLimit)
      #expect(part.range.count <= SamplesRecorded.countLimit)
      #expect(try Samples.unpack(payload, into: &unpacked) == .observe)
    }
    return (parts, unpacked)
  }

  @Test func samplesComeBackInTheOrderSent() throws {
    for count in [1, 2, 127, 1_250, 10_000] {
      let samples = Samples.regular(count)
      let (parts, unpacked) = try roundTrip(samples)
      #expect(parts.count == 1)
      #expect(Samples.areSame(unpacked, samples))
    }
  }

  @Test func noSamplesMakeNoEvent() {
    #expect(SamplesRecorded.split(SampleColumns(), shards: 8).isEmpty)
  }

  @Test func aShardCountThatIsNoPowerOfTwoWorks() throws {
    let samples = SampleColumns(series: [1, 4, 7, 7], times: [4, 3, 2, 1], values: [1, 2, 3, 4])
    let part = try #require(SamplesRecorded.split(samples, shards: 3).first)
    var unpacked = SampleColumns()
    try part.columns.withUnsafeBytes {
      try SamplesRecorded.decodeColumns($0, count: 4, shard: 1, shards: 3, into: &unpacked)
    }
    #expect(unpacked == samples)
  }

  @Test func whatDoesNotPackIsSplitUntilItFits() throws {
    var random = SeededRandom()
    let samples = Samples.incompressible(150_000, &random)
    let (parts, unpacked) = try roundTrip(samples)
    #expect(parts.count > 3)
    #expect(Samples.areSame(unpacked, samples))
    for (part, next) in zip(parts, parts.dropFirst()) { #expect(part.range.upperBound == next.range.lowerBound) }
    for part in parts {
      #expect(part.timeMin == samples.times[part.range].min())
      #expect(part.timeMax == samples.times[part.range].max())
    }
  }

  @Test func aThousandBytesOfTypicalSamplesHoldFiveHundred() {
    let parts = SamplesRecorded.split(Samples.regular(10_000), shards: Samples.shards)
    #expect(parts.reduce(0) { $0 + $1.columns.count } < 20_000)
  }

  @Test func aSingleSampleTakesAtMostThirtyBytes() {
    for value in [0, 12.34, -273.15, 1.0 / 3, .nan] {
      for time: Int64 in [1_700_000_000_000_000_000, 1_700_000_000_123_000_000] {
        let samples = SampleColumns(series: [8 * 12_345 + 3], times: [time], values: [value])
        let part = SamplesRecorded.split(samples, shards: Samples.shards)[0]
        #expect(Samples.payload(part, mode: .replace).count <= 30)
      }
    }
  }

  @Test func onlyKnownVersionsModesAndCountsAreAccepted() {
    func refuses(_ payload: [UInt8], version: Int16 = 1) -> Bool {
      payload.withUnsafeBytes { payload in
        do { _ = try SamplesRecorded.decode(payload, schemaVersion: version) } catch { return true }
        return false
      }
    }
    let good: [UInt8] = [0x08, 1, 0x10, 1, 0x20, 1, 0x2a, 1, 0]
    #expect(!refuses(good))
    #expect(!refuses(good + [0x9a, 0x06, 1, 7]), "fields of a newer writer are passed over")
    #expect(refuses(good, version: 2))
    #expect(refuses([0x08, 3] + good.dropFirst(2)), "mode 3")
    #expect(refuses([0x08, 1, 0x10, 0] + good.dropFirst(4)), "no samples")
    #expect(refuses([0x08, 1, 0x10, 0x81, 0x80, 0x04] + good.dropFirst(4)), "65,537 samples")
    #expect(refuses(good + [0x18, 2]), "compression 2")
    #expect(refuses(good + [0x20, 2]), "a size that is not the columns'")
    #expect(refuses(good + [0x18, 1, 0x20, 0xff, 0xff, 0x7f]), "a size above the limit")
    #expect(refuses(good + [0x2a, 0x7f]), "columns beyond the end")
  }

  @Test func damagedColumnsLeaveTheSamplesAsTheyWere() throws {
    var random = SeededRandom()
    let part = SamplesRecorded.split(Samples.regular(300), shards: Samples.shards)[0]
    let before = Samples.regular(7)
    var samples = before
    for _ in 0..<(getenv("DAYBOOK_FULL") == nil ? 20_000 : 500_000) {
      let columns = Samples.mutated(part.columns, &random)
      do {
        try columns.withUnsafeBytes {
          try SamplesRecorded.decodeColumns($0, count: 300, shard: 3, shards: Samples.shards, into: &samples)
        }
        #expect(samples.count == 307)
        #expect(samples.series.allSatisfy { $0 >= 0 && $0 % 8 == 3 })
        samples = before
      } catch {
        #expect(samples == before)
      }
    }
  }

  @Test func damagedPayloadsNeverTrap() {
    var random = SeededRandom()
    let payload = Samples.payload(
      SamplesRecorded.split(Samples.regular(300), shards: Samples.shards)[0], mode: .replace)
    var samples = SampleColumns()
    for _ in 0..<20_000 {
      samples.removeAll(keepingCapacity: true)
      _ = try? Samples.unpack(Samples.mutated(payload, &random), into: &samples)
      let noise = (0..<Int.random(in: 0...60, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      _ = try? Samples.unpack(noise, into: &samples)
    }
  }
}

import ColumnCodec
import TestSupport
import Testing

@Suite struct TimeColumnTests {
  @Test func everyUnitComesBack() throws {
    var random = SeededRandom()
    for unit: Int64 in [1, 1_000, 1_000_000, 1_000_000_000] {
      for count in [0, 1, 2, 300] {
        let times = (0..<count).map { _ in Int64.random(in: -4_000_000_000...4_000_000_000, using: &random) * unit }
        #expect(try Columns.times(Columns.pack(times: times), count: count) == times)
      }
    }
    let extremes = IntegerColumnTests.extremes
    #expect(try Columns.times(Columns.pack(times: extremes), count: extremes.count) == extremes)
  }

  @Test func coarseTimesAreShort() {
    #expect(Columns.pack(times: [1_700_000_000_000_000_000]).count == 7)
    #expect(Columns.pack(times: [1_700_000_000_001_000_000]).count == 8)
    #expect(Columns.pack(times: [1_700_000_000_000_000_001]).count == 11)
  }
}

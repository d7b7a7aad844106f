import Runtime
import Testing

@Suite struct UUIDv7Tests {
  @Test func newOnesCarryTimeVersionAndVariant() {
    let before = UInt64(WallClock.now / 1_000_000)
    let id = UUIDv7()
    let after = UInt64(WallClock.now / 1_000_000)
    #expect((before...after).contains(id.high >> 16))
    #expect(id.high >> 12 & 15 == 7)
    #expect(id.low >> 62 == 2)
  }

  @Test func laterOnesSortBehindAndTextSortsTheSame() {
    var ids: [UUIDv7] = []
    for _ in 0..<5 {
      ids.append(UUIDv7())
      let end = WallClock.now / 1_000_000
      while WallClock.now / 1_000_000 == end { MonotonicClock.sleep(for: .microseconds(100)) }
    }
    #expect(ids == ids.sorted())
    #expect(ids.map(\.description) == ids.map(\.description).sorted())
    #expect(Set((0..<10_000).map { _ in UUIDv7() }).count == 10_000)
  }

  @Test func textIsTheUsualOne() {
    let id = UUIDv7(high: 0x0123_4567_89AB_7DEF, low: 0x8123_4567_89AB_CDEF)
    #expect(id.description == "01234567-89ab-7def-8123-456789abcdef")
  }
}

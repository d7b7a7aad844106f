import HTTPClient
import Testing

struct HTTPLoadPaceTests {
  @Test func withoutARateARequestIsDueAtOnceUntilTheTimeIsOver() {
    #expect(HTTPLoadPace.full.due(1_000_000, elapsed: 17) == 17)
    let bounded = HTTPLoadPace(rate: nil, duration: .milliseconds(1))
    #expect(bounded.due(5, elapsed: 999_999) == 999_999)
    #expect(bounded.due(5, elapsed: 1_000_000) == nil)
  }

  @Test func withARateTheClockOfTheLoadDoesNotMatter() {
    let pace = HTTPLoadPace(rate: 200, duration: .seconds(1))
    for elapsed: UInt64 in [0, 3_000_000_000] {
      #expect(pace.due(0, elapsed: elapsed) == 0)
      #expect(pace.due(3, elapsed: elapsed) == 15_000_000)
      #expect(pace.due(199, elapsed: elapsed) == 995_000_000)
      #expect(pace.due(200, elapsed: elapsed) == nil)
    }
  }
}

import Runtime
import Testing

@Suite struct BackoffTests {
  @Test func waitsDoubleUpToALimitAndStartAgain() {
    var backoff = Backoff()
    let waits = (0..<8).map { _ in backoff.next() }
    #expect(waits.first == Backoff.least)
    #expect(waits[1] == Backoff.least * 2)
    #expect(waits.last == Backoff.most)
    backoff.reset()
    let again = backoff.next()
    #expect(again == Backoff.least)
  }
}

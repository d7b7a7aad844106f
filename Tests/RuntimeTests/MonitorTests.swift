import Runtime
import Testing

@Suite struct MonitorTests {
  @Test func aWaitEndsWithTheValueThatAnotherThreadBrought() {
    let monitor = Monitor<Int?>(nil)
    let thread = OwnedThread("bringing") {
      monitor.withLock { $0 = 42 }
      monitor.signal()
    }
    #expect(monitor.wait { $0 } == 42)
    thread.join()
  }

  @Test func aWaitEndsAtItsDeadlineAndNotBefore() {
    let monitor = Monitor(0)
    let deadline = MonotonicClock.deadline(after: .milliseconds(50))
    #expect(monitor.wait(until: deadline) { $0 == 1 ? true : nil } == nil)
    #expect(MonotonicClock.now >= deadline)
    // A deadline that has passed still looks once.
    #expect(monitor.wait(until: 0) { $0 == 0 ? true : nil } == true)
  }

  @Test func nothingIsLostBetweenManyThreads() {
    let monitor = Monitor((queue: [Int](), taken: 0))
    let count = 4_000
    let takers = (0..<4).map { _ in
      OwnedThread("taking") {
        while true {
          let isLast = monitor.wait { state -> Bool? in
            if state.taken >= count { return true }
            guard !state.queue.isEmpty else { return nil }
            state.queue.removeLast()
            state.taken += 1
            return state.taken >= count
          }
          if isLast == true { break }
        }
        monitor.broadcast()
      }
    }
    for number in 0..<count {
      monitor.withLock { $0.queue.append(number) }
      monitor.signal()
    }
    for taker in takers { taker.join() }
    #expect(monitor.withLock { $0.taken } == count)
  }

  @Test func readersSeeWhatWritersFinished() {
    let lock = ReadWriteLock()
    let shared = Pair()
    let writer = OwnedThread("writing") {
      for number in 1...2_000 { lock.withWriteLock { shared.set(number) } }
    }
    var isTorn = false
    var last = 0
    while last < 2_000 {
      lock.withReadLock {
        if shared.first != shared.second { isTorn = true }
        last = shared.first
      }
    }
    writer.join()
    #expect(!isTorn)
  }

  /// Two numbers that belong together. `@unchecked Sendable`: the test's lock is what is tried.
  private final class Pair: @unchecked Sendable {
    private(set) var first = 0
    private(set) var second = 0
    func set(_ number: Int) {
      first = number
      second = number
    }
  }
}

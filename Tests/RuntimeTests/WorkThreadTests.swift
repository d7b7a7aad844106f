import Runtime
import Synchronization
import Testing

@Suite struct WorkThreadTests {
  @Test func worksRunInOrderAndStopWaitsForThem() {
    let thread = WorkThread("works", waitingLimit: 4)
    let order = Mutex<[Int]>([])
    for number in 0..<1_000 { thread.run { order.withLock { $0.append(number) } } }
    thread.stop()
    #expect(order.withLock { $0 } == Array(0..<1_000))
  }

  @Test func whoeverHandsOverTooMuchWaits() {
    let isHeld = Monitor(true)
    let thread = WorkThread("works", waitingLimit: 2)
    let handedOver = Monitor(0)
    thread.run { _ = isHeld.wait { $0 ? nil : true } }
    let other = OwnedThread("handing over") {
      for _ in 0..<10 {
        thread.run {}
        handedOver.withLock { $0 += 1 }
        handedOver.broadcast()
      }
    }
    // One may have been taken together with the first; two wait.
    let few: Int? = handedOver.wait(until: MonotonicClock.deadline(after: .seconds(10))) { $0 >= 2 ? $0 : nil }
    #expect(few != nil)
    #expect(handedOver.wait(until: MonotonicClock.deadline(after: .milliseconds(100))) { $0 > 3 ? $0 : nil } == nil)
    isHeld.withLock { $0 = false }
    isHeld.broadcast()
    other.join()
    #expect(handedOver.withLock { $0 } == 10)
    thread.stop()
  }

  @Test func whatComesAfterTheEndRunsAtOnce() {
    let thread = WorkThread("works")
    thread.stop()
    let runs = Monitor(0)
    thread.run { runs.withLock { $0 += 1 } }
    #expect(runs.withLock { $0 } == 1)
  }
}

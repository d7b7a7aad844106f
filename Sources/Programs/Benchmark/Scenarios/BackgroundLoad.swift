import HTTPClient
import Runtime
import Synchronization

/// A paced load that arrives while something else is measured: a thread of its own sends it until `stop`.
final class BackgroundLoad {
  private let result = Monitor<Result<HTTPLoadOutcome, any Error>?>(nil)
  private let isOver = StopFlag()
  private let thread: OwnedThread
  private let samplesPerRequest: Int

  init(_ load: BenchLoad, to system: BenchSystem, samplesPerSecond: Int) {
    let (result, isOver) = (result, isOver)
    samplesPerRequest = load.samplesPerRequest
    let pace = BenchPace(samplesPerSecond: samplesPerSecond).requests(of: load.samplesPerRequest)
    thread = OwnedThread("bench-load") {
      var maker = RequestMaker(load, system, isEndless: true)
      let outcome = Result { () throws -> HTTPLoadOutcome in
        let outcome = try HTTPLoadGenerator(addresses: system.addresses, connections: load.connections).run(
          pace: pace, next: { _ in isOver.isSet ? nil : maker.next() })
        try LoadRun.check(outcome)
        return outcome
      }
      result.withLock { $0 = outcome }
    }
  }

  /// Ends it and returns how many samples a second arrived. Throws where some were refused. To be called once.
  func stop() throws -> Double {
    isOver.set()
    thread.join()
    guard let result = result.withLock({ $0 }) else { preconditionFailure("BUG: a load that ended without a result") }
    let outcome = try result.get()
    return Double(outcome.latencies.count * samplesPerRequest) / outcome.seconds
  }
}

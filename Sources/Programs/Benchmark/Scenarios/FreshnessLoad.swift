import HTTPClient
import Runtime

/// Sends a stream at its rate, on a thread of its own, and has some of its requests probed.
final class FreshnessLoad {
  private let result = Monitor<Result<HTTPLoadOutcome, any Error>?>(nil)
  private let thread: OwnedThread
  let stream: FreshnessStream

  /// How many a second of a stream are probed, at most: enough for a 99th percentile, and no load of its own.
  private static let probesPerSecond = 25

  init(
    _ stream: FreshnessStream, to system: BenchSystem, connections: Int, duration: Duration, prober: FreshnessProber
  ) {
    self.stream = stream
    let result = result
    thread = OwnedThread("bench-load") {
      let outcome = Result { try Self.send(stream, system, connections, duration, prober) }
      result.withLock { $0 = outcome }
      result.broadcast()
    }
  }

  /// Waits until that moment; true when the load has ended.
  func waitForEnd(until deadline: UInt64) -> Bool { result.wait(until: deadline) { $0 == nil ? nil : true } ?? false }

  /// Waits for the end. To be called once.
  func end() throws -> HTTPLoadOutcome {
    thread.join()
    guard let result = result.withLock({ $0 }) else { preconditionFailure("BUG: a load that ended without a result") }
    return try result.get()
  }

  private static func send(
    _ stream: FreshnessStream, _ system: BenchSystem, _ connections: Int, _ duration: Duration,
    _ prober: FreshnessProber
  ) throws -> HTTPLoadOutcome {
    let rate = Double(stream.samplesPerSecond) / Double(stream.samplesPerRequest)
    let every = max(1, Int((rate / Double(probesPerSecond)).rounded()))
    let outcome = try HTTPLoadGenerator(addresses: system.addresses, connections: connections).run(
      pace: HTTPLoadPace(rate: rate, duration: duration),
      next: {
        HTTPLoadGenerator.request("POST", system.target, host: system.addresses[0], body: stream.body($0))
      },
      answered: { answer in
        guard answer.request % every == 0, let token = answer.whole?.header("daybook-position") else { return }
        prober.offer(stream, answer.request, token: token, answeredAt: answer.answeredAt)
      })
    try LoadRun.check(outcome)
    return outcome
  }
}

import HTTPClient
import Runtime

/// Asks, on threads of its own, until an answer has what was written, and keeps how long that took since the write was
/// answered. What waits for a free thread counts with its wait.
final class FreshnessProber: Sendable {
  private struct Probe {
    let stream: FreshnessStream
    let request: Int
    let token: String
    let answeredAt: UInt64
  }

  struct Outcome {
    /// Microseconds by stream, in the order of the answers.
    var latencies: [String: [UInt32]] = [:]
    /// Probes that were left out because too many waited.
    var skipped = 0
    fileprivate var problem: String?
  }

  private struct State {
    var queue: [Probe] = []
    var isOver = false
    var outcome = Outcome()
  }

  /// Questions under way at once.
  private static let threads = 24
  /// Questions that wait for a thread; beyond it they are left out, and counted.
  static let queueLimit = 1_000

  private let state = Monitor(State())
  private let workers: [OwnedThread]

  init(_ query: ListenAddress) {
    let state = state
    workers = (0..<Self.threads).map { _ in
      OwnedThread("bench-probe") {
        let client = HTTPClient(query, timeout: .seconds(60))
        while let probe = Self.take(state) { Self.ask(client, probe, state) }
      }
    }
  }

  /// Asks for the last sample of a request that was just answered.
  func offer(_ stream: FreshnessStream, _ request: Int, token: String, answeredAt: UInt64) {
    state.withLock { state in
      guard state.queue.count < Self.queueLimit else {
        state.outcome.skipped += 1
        return
      }
      state.queue.append(Probe(stream: stream, request: request, token: token, answeredAt: answeredAt))
    }
    state.signal()
  }

  /// Asks what still waits, and ends. Throws where an answer was none, or had not what it should. To be called once.
  func finish() throws -> Outcome {
    state.withLock { $0.isOver = true }
    state.broadcast()
    workers.forEach { $0.join() }
    let outcome = state.withLock { $0.outcome }
    if let problem = outcome.problem { throw BenchError(problem) }
    return outcome
  }

  private static func take(_ state: Monitor<State>) -> Probe? {
    state.wait { state -> Probe?? in
      if !state.queue.isEmpty { return .some(state.queue.removeFirst()) }
      return state.isOver ? .some(nil) : nil
    } ?? nil
  }

  private static func ask(_ client: HTTPClient, _ probe: Probe, _ state: Monitor<State>) {
    let (target, value) = probe.stream.probe(probe.request, after: probe.token)
    let result = Result { () throws(HTTPClientError) in try client.send("GET", target) }
    let latency = UInt32(clamping: (MonotonicClock.now - probe.answeredAt) / 1000)
    state.withLock { state in
      switch result {
      case .success(let answer) where answer.status == 200:
        let highest = FreshnessStream.highest(in: answer.text)
        if let highest, highest >= value {
          state.outcome.latencies[probe.stream.name, default: []].append(latency)
        } else {
          state.outcome.problem =
            "an answer lacks what was written: expected \(value), actual \(answer.text.prefix(300))"
        }
      case .success(let answer): state.outcome.problem = "a query failed: \(answer.status) \(answer.text.prefix(300))"
      case .failure(let error): state.outcome.problem = "a query failed: \(error)"
      }
    }
  }
}

import Glibc
import HTTPClient
import Runtime
import Synchronization
import TestSupport

/// Threads that post batches of line protocol: a few hundred series, times that come late and out of order, one series so
/// busy that its hours are kept by the minute. Every batch has to be taken.
final class KafkaLoad: Sendable {
  static let samplesPerBatch = 2_000
  private static let series = 300
  private static let threads = 3

  private struct State {
    var tokens: [String] = []
    var problem: String?
  }

  private let state = Mutex(State())
  private let sent = Atomic<Int>(0)
  private let workers = Mutex<[OwnedThread]>([])

  /// Samples acknowledged so far.
  var samples: Int { sent.load(ordering: .relaxed) }

  /// Sends at least `total` samples, spread over at least `duration`.
  init(_ address: ListenAddress, total: Int, over duration: Duration, random: inout SeededRandom) {
    let batches = (total + Self.samplesPerBatch - 1) / Self.samplesPerBatch
    let pause = duration / (max(1, batches / Self.threads))
    let seeds = (0..<Self.threads).map { _ in UInt64.random(in: 0...UInt64.max, using: &random) }
    workers.withLock {
      $0 = seeds.enumerated().map { number, seed in
        OwnedThread("load") { [self] in
          var random = SeededRandom(seed: seed)
          let client = HTTPClient(address, timeout: .seconds(60))
          var due = MonotonicClock.now
          for batch in stride(from: number, to: batches, by: Self.threads) {
            send(Self.body(batch, &random), client)
            due += UInt64(pause.nanoseconds)
            if MonotonicClock.now < due { MonotonicClock.sleep(for: .nanoseconds(Int64(due - MonotonicClock.now))) }
          }
        }
      }
    }
  }

  /// Waits for the last batch; the positions that were reached.
  func finish() throws -> [String] {
    workers.withLock { $0.forEach { $0.join() } }
    let state = state.withLock { $0 }
    if let problem = state.problem { throw SystemTestError(problem) }
    return state.tokens
  }

  private func send(_ body: [UInt8], _ client: HTTPClient) {
    do {
      let answer = try client.send("POST", "/write?db=chaos&precision=ms", body: body)
      guard answer.status == 204, let token = answer.header("daybook-position") else {
        return state.withLock { $0.problem = "\(answer.status) \(answer.text)" }
      }
      sent.add(Self.samplesPerBatch, ordering: .relaxed)
      // The last ones of each thread are enough, and a few more.
      state.withLock { $0.tokens = $0.tokens.suffix(60) + [token] }
    } catch {
      state.withLock { $0.problem = "\(error)" }
    }
  }

  private static func body(_ batch: Int, _ random: inout SeededRandom) -> [UInt8] {
    var text = ""
    let base = 1_767_225_600_000 + batch * 20_000
    for _ in 0..<samplesPerBatch {
      let isHot = Int.random(in: 0..<10, using: &random) == 0
      let host = isHot ? "hot" : "h\(Int.random(in: 0..<series, using: &random))"
      // Mostly now, sometimes an hour ago, sometimes the same time once more.
      let late = Int.random(in: 0..<20, using: &random) == 0 ? Int.random(in: 0..<3_600_000, using: &random) : 0
      let time = base - late + Int.random(in: 0..<20_000, using: &random)
      text += "chaos,host=\(host) value=\(Int.random(in: -5_000...5_000, using: &random)).25 \(time)\n"
    }
    return Array(text.utf8)
  }
}

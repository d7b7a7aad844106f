import Foundation
import HTTPClient
import Runtime
import Synchronization
import TestSupport
import Testing

/// kill -9 of everything, under load: what was acknowledged is there exactly once.
@Suite(.serialized) struct CrashTests {
  private static let rounds = ProcessInfo.processInfo.environment["DAYBOOK_FULL"] == nil ? 30 : 200

  @Test func everyAcknowledgedSampleIsThereExactlyOnceWhateverIsKilled() throws {
    var random = SeededRandom()
    let daybook = try RunningDaybook()
    defer { daybook.stop() }
    let load = SteadyLoad(daybook.command, threads: 4)
    let victims = ["projector", "command", "postgres", "up"]
    var killed: [String: Int] = [:]
    for round in 0..<Self.rounds {
      let victim = round < victims.count ? victims[round] : victims.randomElement(using: &random)!
      // At a random moment, but never before something new was acknowledged: the load must be under way.
      let before = load.acknowledged
      try waitUntil(deadline: .seconds(60), "load goes on before round \(round)") { load.acknowledged > before + 20 }
      MonotonicClock.sleep(for: .microseconds(Int64.random(in: 0...20_000, using: &random)))
      killed[victim, default: 0] += 1
      switch victim {
      case "up":
        try daybook.killUp()
        try daybook.start()
      case "postgres":
        let killed = try daybook.child("/postgres ")
        kill(killed, SIGKILL)
        // Its backends answer for a moment longer: ready counts from the next one on.
        try waitUntil(deadline: .seconds(30), "Postgres starts again") { try daybook.child("/postgres ") != killed }
        try daybook.waitUntilReady()
      default:
        kill(try daybook.child("daybook \(victim)"), SIGKILL)
        try daybook.waitUntilReady()
      }
    }
    let result = load.stop()
    #expect(victims.allSatisfy { killed[$0, default: 0] > 0 })
    let reader = HTTPClient(daybook.query)
    for (series, sent) in result.acknowledged {
      let buckets = try TimelineAnswer.buckets(
        reader, "name=\(series)&aggregate=count,sum", from: 0, to: 3_600_000 * 24 * 30, stepMilliseconds: 86_400_000,
        step: "day", after: result.tokens)
      let count = buckets.values.reduce(0) { $0 + Int($1["count"] ?? 0) }
      let sum = buckets.values.reduce(0) { $0 + ($1["sum"] ?? 0) }
      #expect(count == sent.count, "\(series): acknowledged \(sent.count), found \(count)")
      #expect(sum == Double(sent.sum), "\(series)")
    }
    #expect(daybook.stopProcesses() == 0)
  }
}

/// Threads that post observed samples, each request until it is acknowledged, under an idempotency key of its own:
/// what is unknown after a crash is asked again, and must not count twice.
final class SteadyLoad: Sendable {
  struct Sent: Sendable {
    var count = 0
    var sum = 0
    /// The last request; those of a series are five apart.
    var lastRequest = 0
  }

  private struct State {
    var stopped = false
    var acknowledged: [String: Sent] = [:]
    var tokens: [String: String] = [:]
  }

  private let state = Mutex(State())
  private let total = Atomic<Int>(0)
  private let threads = Mutex<[OwnedThread]>([])

  /// Requests acknowledged so far.
  var acknowledged: Int { total.load(ordering: .relaxed) }

  init(_ address: ListenAddress, threads count: Int) {
    let made = (0..<count).map { number in
      OwnedThread("load-\(number)") { [self] in run(number, address) }
    }
    threads.withLock { $0 = made }
  }

  /// What is acknowledged by now.
  func sent() -> (acknowledged: [String: Sent], tokens: [String]) {
    state.withLock { ($0.acknowledged, Array($0.tokens.values)) }
  }

  /// Ends the load after the requests under way are acknowledged.
  func stop() -> (acknowledged: [String: Sent], tokens: [String]) {
    state.withLock { $0.stopped = true }
    threads.withLock { $0.forEach { $0.join() } }
    return state.withLock { ($0.acknowledged, Array($0.tokens.values)) }
  }

  /// How many samples a request has. All have the time `request` seconds and the value `request % 100`.
  static func size(ofRequest request: Int) -> Int { 1 + request % 7 }

  private func run(_ number: Int, _ address: ListenAddress) {
    let client = HTTPClient(address, timeout: .seconds(20))
    var request = 0
    while !state.withLock({ $0.stopped }) {
      request += 1
      let name = "crash_\(number)_\(request % 5)"
      let size = Self.size(ofRequest: request)
      // Every request's samples stand at one and the same time: in observe mode each of them counts.
      let sample = "{\"name\":\"\(name)\",\"value\":\(request % 100),\"timestamp\":\(request * 1000)}"
      let body = Array("[\(Array(repeating: sample, count: size).joined(separator: ","))]".utf8)
      let headers = [("Content-Type", "application/json"), ("Idempotency-Key", "\"load-\(number)-\(request)\"")]
      while true {
        guard let answer = try? client.send("POST", "/v1/samples", headers: headers, body: body) else {
          MonotonicClock.sleep(for: .milliseconds(10))
          continue
        }
        if answer.status == 201 {
          let added = size
          let value = request % 100
          state.withLock { state in
            state.acknowledged[name, default: Sent()].count += added
            state.acknowledged[name, default: Sent()].sum += added * value
            state.acknowledged[name, default: Sent()].lastRequest = request
            if let token = answer.header("daybook-position") { state.tokens[name] = token }
          }
          total.wrappingAdd(1, ordering: .relaxed)
          break
        }
        if answer.status != 503 {
          Issue.record("unexpected answer \(answer.status): \(answer.text)")
          return
        }
        MonotonicClock.sleep(for: .milliseconds(10))
      }
    }
  }
}

import HTTPClient
import Runtime
import Sending
import Synchronization
import TestSupport
import Testing
import WriteTestSupport

/// A service that fails.
struct RetryTests {
  private static let text = "time,v\n1700000000,1\n1700000001,2\n"

  @Test(arguments: [408, 425, 429, 502, 503, 504])
  func whatFailsInPassingIsSentAgainUnderTheSameKey(status: Int) throws {
    let service = try RecordingService { number, _ in number < 2 ? .answer(status, [], "later") : nil }
    let scene = try SendScene(Self.text, service, SendScene.csv())
    let problems = Mutex<Set<String>>([])
    let report = try scene.send { progress in
      if let problem = progress.problem { problems.withLock { _ = $0.insert(problem) } }
    }
    #expect(report.isComplete)
    #expect(service.samples.count == 2)
    #expect(service.requests.count == 3)
    #expect(Set(service.requests.map(\.key)).count == 1)
  }

  @Test(arguments: [400, 401, 403, 404, 413, 415, 422, 500])
  func whatWillNotGetBetterStopsWithTheServicesText(status: Int) throws {
    let service = try RecordingService { _, _ in .answer(status, [], "{\"detail\":\"because of this\"}") }
    let scene = try SendScene(Self.text, service, SendScene.csv())
    let report = try scene.send()
    #expect(report.failure?.contains("answered \(status): because of this") == true, "\(report.end)")
    #expect(service.requests.count == 1)
    #expect(scene.hasState)
  }

  @Test func aServiceThatStaysAwayIsGivenUpAfterTheTimeAndSaysSo() throws {
    let service = try RecordingService()
    var scene = try SendScene(Self.text, service, SendScene.csv())
    scene.settings.endpoint = HTTPEndpoint(ListenAddress(host: "127.0.0.1", port: try FreePort.find()))
    scene.settings.retryFor = .seconds(1)
    let started = MonotonicClock.now
    let report = try scene.send()
    let seconds = Double(MonotonicClock.now - started) / 1e9
    #expect(report.failure?.contains("is Daybook running there?") == true, "\(report.end)")
    #expect(report.failure?.contains("tried again for 1s") == true)
    #expect(seconds >= 0.9 && seconds < 10)
    #expect(scene.hasState)
  }

  @Test func retryAfterIsKept() throws {
    let times = Mutex<[UInt64]>([])
    let service = try RecordingService { number, _ in
      times.withLock { $0.append(MonotonicClock.now) }
      return number == 0 ? .answer(503, [("Retry-After", "1")], "busy") : nil
    }
    #expect(try SendScene(Self.text, service, SendScene.csv()).send().isComplete)
    let seen = times.withLock { $0 }
    #expect(seen.count == 2)
    #expect(seen[1] - seen[0] >= 1_000_000_000)
  }

  @Test func theTokenIsShownWithEveryRequest() throws {
    let service = try RecordingService()
    var scene = try SendScene(Self.text, service, SendScene.csv())
    scene.settings.headers = [("Authorization", "Bearer secret-1")]
    scene.settings.token = "secret-1"
    #expect(try scene.send().isComplete)
    #expect(service.requests.allSatisfy { $0.authorization == "Bearer secret-1" })
  }

  @Test func pausesGrowToALimitAndEndWithTheTime() {
    var policy = RetryPolicy(limit: .seconds(100))
    var now: UInt64 = 5_000_000_000
    var pauses: [Duration] = []
    while let pause = policy.failed(at: now, retryAfter: nil, chance: 1) {
      pauses.append(pause)
      now += UInt64(pause.nanoseconds)
      #expect(pauses.count < 100)
    }
    #expect(pauses.first == .milliseconds(100))
    #expect(pauses[1] == .milliseconds(200))
    #expect(pauses.allSatisfy { $0 <= RetryPolicy.pauseLimit })
    #expect(pauses.reduce(.zero, +) == .seconds(100))
    policy.succeeded()
    #expect(policy.failed(at: now, retryAfter: nil, chance: 0) == .milliseconds(50))
    #expect(policy.failed(at: now, retryAfter: .seconds(7), chance: 0) == .seconds(7))
    #expect(policy.failed(at: now, retryAfter: .seconds(3_600), chance: 0) == RetryPolicy.pauseLimit)
  }
}

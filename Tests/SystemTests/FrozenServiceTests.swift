import Glibc
import HTTPClient
import Runtime
import TestSupport
import Testing

/// A command service that is frozen while it appends must not stop the others for longer than the time-outs.
@Suite(.serialized) struct FrozenServiceTests {
  @Test func aFrozenCommandServiceStopsOthersOnlyUntilTheTimeOut() throws {
    let daybook = try RunningDaybook()
    defer { daybook.stop() }
    let port = try FreePort.find()
    let address = ListenAddress(host: "127.0.0.1", port: port)
    let second = try daybook.startProgram(["command"], settings: ["DAYBOOK_COMMAND_LISTEN": "\(address)"])
    defer {
      kill(second, SIGKILL)
      var status: Int32 = 0
      waitpid(second, &status, 0)
    }
    let client = HTTPClient(address, timeout: .seconds(30))
    try waitUntil(deadline: .seconds(60), "the second command service is ready") {
      (try? client.send("GET", "/readyz"))?.status == 200
    }
    let frozen = try daybook.child("daybook command")
    let load = SteadyLoad(daybook.command, threads: 4)
    for round in 0..<5 {
      let before = load.acknowledged
      try waitUntil(deadline: .seconds(60), "load goes on") { load.acknowledged > before + 10 }
      kill(frozen, SIGSTOP)
      let started = MonotonicClock.now
      var answer = try client.send("POST", "/write", body: Array("frozen value=\(round) \(round)\n".utf8))
      // 503 is an honest answer while the other holds the heads; it must end with the time-out.
      while answer.status == 503, MonotonicClock.now - started < 20_000_000_000 {
        MonotonicClock.sleep(for: .milliseconds(50))
        answer = try client.send("POST", "/write", body: Array("frozen value=\(round) \(round)\n".utf8))
      }
      #expect(answer.status == 204, "round \(round): \(answer.text)")
      #expect(MonotonicClock.now - started < 20_000_000_000)
      kill(frozen, SIGCONT)
    }
    let result = load.stop()
    let reader = HTTPClient(daybook.query)
    for (series, sent) in result.acknowledged {
      let buckets = try TimelineAnswer.buckets(
        reader, "name=\(series)&aggregate=count", from: 0, to: 3_600_000 * 24 * 30, stepMilliseconds: 86_400_000,
        step: "day", after: result.tokens)
      #expect(buckets.values.reduce(0) { $0 + Int($1["count"] ?? 0) } == sent.count, "\(series)")
    }
  }
}

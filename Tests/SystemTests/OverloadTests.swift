import Compression
import Events
import Glibc
import HTTPClient
import Runtime
import TestSupport
import Testing

/// More at once than there is memory for.
@Suite(.serialized) struct OverloadTests {
  /// What the README states for all processes of `daybook up` under load.
  private static let memoryLimit = 1_500_000_000

  @Test func aGzipBombOfTenGibibytesCostsLittleMoreThanTheBodyLimit() throws {
    let daybook = try RunningDaybook()
    defer { daybook.stop() }
    let service = try daybook.child("daybook command")
    // Members of 1 MiB of newlines: 10 MB over the wire, 10 GiB after decompression.
    let member = Gzip.compress([UInt8](repeating: 0x0A, count: 1 << 20))
    let bomb = Array(repeatElement(member, count: 10_240).joined())
    let before = try ProcessTree.peakMemory(of: service)
    let client = HTTPClient(daybook.command)
    for path in ["/write", "/api/v2/write", "/v1/samples"] {
      let answer = try client.send("POST", path, headers: [("Content-Encoding", "gzip")], body: bomb)
      #expect(answer.status == 413, "\(path): \(answer.text)")
    }
    // The body as sent, and what was decompressed up to the limit of 32 MiB, in a buffer that may have doubled.
    let cost = try ProcessTree.peakMemory(of: service) - before
    #expect(cost < bomb.count + (64 << 20), "\(cost) bytes")
  }

  @Test func aThousandConnectionsWithAMegabyteEachStayWithinTheMemoryLimit() throws {
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    limit.rlim_cur = min(limit.rlim_max, 8192)
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    let daybook = try RunningDaybook()
    defer { daybook.stop() }
    // Each request is one series of its own, so that what was acknowledged can be counted.
    let requests = (0..<1000).map { number in
      var body: [UInt8] = []
      var line = 0
      while body.count < 1 << 20 {
        body += "overload,request=r\(number) value=\(line) \(line * 1_000_000_000)\n".utf8
        line += 1
      }
      return (
        lines: line, bytes: HTTPLoadGenerator.request("POST", "/write?db=x", host: daybook.command, body: body)
      )
    }
    let watch = MemoryPeak(of: daybook.processID)
    let outcome = try HTTPLoadGenerator(address: daybook.command, connections: 1000).run(requests.map(\.bytes))
    let peak = watch.stop()
    #expect(peak < Self.memoryLimit, "\(peak) bytes")
    #expect(Set(outcome.statuses.keys).isSubset(of: [204, 503]), "\(outcome.statuses) \(outcome.firstProblem ?? "")")
    #expect(outcome.statuses[503, default: 0] > 0, "\(outcome.statuses)")
    #expect(outcome.statuses[204, default: 0] > 0, "\(outcome.statuses)")
    // The answers do not say which request they are of, but their number has to fit: a series is there whole or not.
    let tokens = try outcome.positions.map { try PositionToken(parsing: $0) }
    let token = try tokens.dropFirst().reduce(#require(tokens.first)) { try $0.merged(with: $1) }
    let answer = try HTTPClient(daybook.query, timeout: .seconds(60)).send(
      "GET", "/v1/timeline?name=overload&aggregate=count&step=day&from=0&to=86400000&wait=30s&after=\(token)")
    #expect(answer.status == 200, "\(answer.text)")
    let series = try TimelineAnswer(answer.body).series
    #expect(series.count == outcome.statuses[204])
    for entry in series {
      let number = Int(entry.labels["request"]?.dropFirst() ?? "") ?? -1
      let count = entry.columns["count"]?.first ?? nil
      #expect(number >= 0 && count == Double(requests[max(0, number)].lines), "\(entry.labels)")
    }
  }
}

/// Watches the memory of a process tree while a test goes on.
final class MemoryPeak: Sendable {
  private let state = Monitor((stopped: false, peak: 0))
  private let thread: OwnedThread

  init(of processID: Int32) {
    let state = state
    thread = OwnedThread("memory-peak") {
      while true {
        let bytes = ProcessTree.memory(of: processID)
        state.withLock { $0.peak = max($0.peak, bytes) }
        let deadline = MonotonicClock.deadline(after: .milliseconds(100))
        if state.wait(until: deadline, { $0.stopped ? true : nil }) != nil { return }
      }
    }
  }

  /// Ends the watch; the highest sum seen, in bytes.
  func stop() -> Int {
    state.withLock { $0.stopped = true }
    state.broadcast()
    thread.join()
    return state.withLock { $0.peak }
  }
}

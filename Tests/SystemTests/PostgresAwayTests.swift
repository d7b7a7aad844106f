import Foundation
import Glibc
import HTTPClient
import Runtime
import TestSupport
import Testing

/// Postgres away, or its disk full: 503 with the reason, nothing acknowledged that is not there, recovery by itself.
@Suite(.serialized) struct PostgresAwayTests {
  @Test func aFrozenPostgresIsA503WithTheReasonAndRecoversByItself() throws {
    let daybook = try RunningDaybook()
    defer { daybook.stop() }
    let client = HTTPClient(daybook.command, timeout: .seconds(60))
    #expect(try post(client, value: 1).status == 204)
    let postgres =
      [try daybook.child("/postgres ")] + ProcessTree.below(try daybook.child("/postgres ")).map(\.processID)
    postgres.forEach { kill($0, SIGSTOP) }
    let away = try post(client, value: 2)
    postgres.forEach { kill($0, SIGCONT) }
    #expect(away.status == 503)
    #expect(away.header("retry-after") != nil)
    #expect(away.text.contains("event store has not answered"), "\(away.text)")
    try waitUntil(deadline: .seconds(60), "appends work again") { try post(client, value: 3).status == 204 }
    try expectCount(daybook, series: "away", between: 2...3)
  }

  /// A file system of 400 MB of its own: that takes a mount, which only root may do.
  @Test(.enabled(if: geteuid() == 0))
  func aFullDiskIsA503WithTheReasonAndRecoversByItself() throws {
    let home = try RunningDaybook.temporaryFolder()
    chmod(home, 0o755)
    #expect(mount("tmpfs", home, "tmpfs", 0, "size=400m,mode=0755") == 0, "errno \(errno)")
    defer {
      umount2(home, Int32(MNT_DETACH))
      rmdir(home)
    }
    let daybook = try RunningDaybook(home: home)
    defer { daybook.stop() }
    let client = HTTPClient(daybook.command, timeout: .seconds(60))
    #expect(try post(client, value: 1).status == 204)
    // Fill what is left but for a little, so that the next appends run into the end of the disk.
    let ballast = "\(home)/ballast"
    let file = open(ballast, O_WRONLY | O_CREAT, 0o600)
    let block = [UInt8](repeating: 1, count: 1 << 20)
    while write(file, block, block.count) == block.count {}
    close(file)
    var acknowledged = 1
    var refused: HTTPClientResponse?
    let deadline = MonotonicClock.deadline(after: .seconds(60))
    var value = 2
    while refused == nil, MonotonicClock.now < deadline {
      let lines = (0..<20_000).map { "away value=\(value).\($0)1 \(Int64(value) * 1_000_000_000 + Int64($0))" }
      let answer = try client.send("POST", "/write", body: Array(lines.joined(separator: "\n").utf8))
      if answer.status == 204 { acknowledged += 20_000 } else { refused = answer }
      value += 1
    }
    #expect(refused?.status == 503, "\(refused?.text ?? "never refused")")
    unlink(ballast)
    try waitUntil(deadline: .seconds(60), "appends work again") { try post(client, value: 1_000_000).status == 204 }
    try expectCount(daybook, series: "away", between: (acknowledged + 1)...(acknowledged + 1 + 20_000))
  }

  private func post(_ client: HTTPClient, value: Int) throws -> HTTPClientResponse {
    try client.send("POST", "/write?precision=s", body: Array("away value=\(value) \(value)\n".utf8))
  }

  /// Acknowledged samples are there; one that was answered with 503 may be, since the answer can get lost on the way.
  private func expectCount(_ daybook: RunningDaybook, series: String, between range: ClosedRange<Int>) throws {
    let client = HTTPClient(daybook.command)
    var position: String?
    // A disk that was full a moment ago may be so once more, until Postgres has given its log's old files back.
    try waitUntil(deadline: .seconds(60), "a write is taken") {
      position = try client.send("POST", "/write", body: Array("marker value=1 1\n".utf8)).header("daybook-position")
      return position != nil
    }
    let token = try #require(position)
    var count = 0
    try waitUntil(deadline: .seconds(30), "all acknowledged samples are there") {
      let answer = try HTTPClient(daybook.query).send(
        "GET", "/v1/timeline?name=\(series)&aggregate=count&step=365d&from=0&to=31536000000&after=\(token)&wait=20s")
      guard answer.status == 200 else { return false }
      count = Int((try TimelineAnswer(answer.body).series.first?.columns["count"]?.first ?? 0) ?? 0)
      return count >= range.lowerBound
    }
    #expect(range.contains(count), "\(count)")
  }
}

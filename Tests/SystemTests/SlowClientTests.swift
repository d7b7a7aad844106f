import Foundation
import Glibc
import HTTPClient
import Runtime
import TestSupport
import Testing

/// Clients that take their time, against all of Daybook.
@Suite struct SlowClientTests {
  @Test(.timeLimit(.minutes(5))) func overTLSToo() throws {
    let folder = TemporaryFolder()
    let made = try TestCertificate("daybook", in: folder.path)
    let daybook = try RunningDaybook(settings: [
      "DAYBOOK_TLS_CERT": made.certificate, "DAYBOOK_TLS_KEY": made.key, "DAYBOOK_REQUEST_DEADLINE": "1",
    ])
    defer { daybook.stop() }
    // `up` itself asks over TLS and says so.
    try waitUntil { (try daybook.wholeLog()).contains("post=https://\(daybook.command)") }
    let client = try daybook.client(daybook.command)
    #expect(try client.send("POST", "/write", body: Array("m value=1".utf8)).status == 204)
    try checkProcessorTime(daybook)
    for address in [daybook.command, daybook.query] {
      // Says nothing; dribbles a handshake; shakes hands and dribbles a request.
      let silent = try RawConnection(address)
      let dribbling = try RawConnection(address)
      let hello: [UInt8] = [22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3]
      #expect(
        dribbling.dribble(hello + [UInt8](repeating: 0, count: 500), every: .milliseconds(200), upTo: .seconds(20)))
      #expect(silent.isClosed(within: .seconds(20)))
      #expect(try dribbleOverTLS(address) < .seconds(20))
    }
    #expect(try daybook.client(daybook.query).send("GET", "/livez").status == 200)
  }

  /// Handshakes that do not go on are waited for, not asked after again and again.
  private func checkProcessorTime(_ daybook: RunningDaybook) throws {
    let service = try daybook.child("daybook command")
    let (start, before) = (MonotonicClock.now, try ProcessTree.processorTime(of: service))
    let silent = try (0..<4).map { _ in try RawConnection(daybook.command) }
    for connection in silent { #expect(connection.isClosed(within: .seconds(20))) }
    let wall = Double(MonotonicClock.now - start) / 1e9
    let used = try ProcessTree.processorTime(of: service) - before
    #expect(wall > 0.8 && used < wall / 5, "\(used) s of \(wall) s")
  }

  /// A byte every 200 ms of a request that never ends, by Debian's openssl; how long until it was cut off.
  private func dribbleOverTLS(_ address: ListenAddress) throws -> Duration {
    let openssl = Process()
    let input = Pipe()
    openssl.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
    openssl.arguments = ["s_client", "-quiet", "-connect", "\(address)"]
    openssl.standardInput = input
    openssl.standardOutput = FileHandle.nullDevice
    openssl.standardError = FileHandle.nullDevice
    signal(SIGPIPE, SIG_IGN)
    try openssl.run()
    let start = MonotonicClock.now
    for byte in "POST /write HTTP/1.1\r\nHost: localhost\r\nX: ".utf8 + [UInt8](repeating: 120, count: 1_000) {
      guard openssl.isRunning, MonotonicClock.now - start < 30_000_000_000 else { break }
      try? input.fileHandleForWriting.write(contentsOf: Data([byte]))
      MonotonicClock.sleep(for: .milliseconds(200))
    }
    if openssl.isRunning { openssl.terminate() }
    openssl.waitUntilExit()
    return .nanoseconds(Int64(MonotonicClock.now - start))
  }

  @Test(.timeLimit(.minutes(5))) func aByteASecondIsCutAtTheDeadlineAndSlowReadersCostNobodyAnything() throws {
    let daybook = try RunningDaybook(settings: ["DAYBOOK_REQUEST_DEADLINE": "2"])
    defer { daybook.stop() }
    let client = HTTPClient(daybook.command)
    let count = 300_000
    let lines = (0..<count).map { "big value=\($0).5 \(1_700_000_000_000_000_000 + $0 * 1_000_000_000)\n" }.joined()
    let written = try client.send("POST", "/write", body: Array(lines.utf8))
    #expect(written.status == 204)
    let position = try #require(written.header("daybook-position"))
    let target = "/v1/samples?name=big&from=1700000000000&to=1700300000000&after=\(position)&wait=30s"
    let whole = try HTTPClient(daybook.query).send("GET", target)
    #expect(whole.status == 200 && whole.body.count > 5_000_000)

    for address in [daybook.command, daybook.query] {
      let start = MonotonicClock.now
      let headers = try RawConnection(address)
      #expect(
        headers.dribble(
          Array("GET /livez HTTP/1.1\r\nHost: localhost\r\nX: ".utf8) + [UInt8](repeating: 120, count: 100),
          every: .seconds(1), upTo: .seconds(20)))
      #expect(MonotonicClock.now - start >= 1_900_000_000)
    }
    let body = try RawConnection(daybook.command)
    try body.send(Array("POST /write HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n".utf8))
    #expect(body.dribble([UInt8](repeating: 120, count: 100), every: .seconds(1), upTo: .seconds(20)))

    // Readers that ask for megabytes and take a byte a second.
    let slow = try (0..<32).map { _ in try RawConnection(daybook.query, receiveBuffer: 4_096) }
    for connection in slow {
      try connection.send(Array("GET \(target) HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8))
    }
    for connection in slow { #expect(connection.readByte()) }
    let start = MonotonicClock.now
    let query = HTTPClient(daybook.query)
    for index in 0..<100 {
      #expect(try query.send("GET", "/v1/latest?name=big").status == 200)
      #expect(try client.send("POST", "/write", body: Array("small value=\(index)".utf8)).status == 204)
      if index % 25 == 0 { for connection in slow { _ = connection.readByte() } }
    }
    #expect(MonotonicClock.now - start < 10_000_000_000)
    #expect(try query.send("GET", target).body == whole.body)
  }
}

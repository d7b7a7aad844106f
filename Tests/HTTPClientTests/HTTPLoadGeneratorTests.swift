import HTTPClient
import HTTPServer
import Runtime
import Synchronization
import Testing

struct HTTPLoadGeneratorTests {
  private func server(_ handler: @escaping @Sendable (HTTPExchange) -> Void) throws -> (HTTPServer, ListenAddress) {
    let server = try HTTPServer(
      HTTPServerSettings(host: "127.0.0.1", port: 0), logger: Logger(program: "test", level: .error),
      metrics: MetricsRegistry(), handler: handler)
    return (server, ListenAddress(host: "127.0.0.1", port: server.port))
  }

  private func request(_ address: ListenAddress, _ body: Int) -> [UInt8] {
    HTTPLoadGenerator.request("POST", "/", host: address, body: Array("\(body)".utf8))
  }

  @Test func everyRequestIsSentOnceAndItsAnswerCounted() throws {
    let bodies = Mutex<[Int]>([])
    let (server, address) = try server { exchange in
      let number = Int(String(decoding: exchange.body, as: UTF8.self)) ?? -1
      bodies.withLock { $0.append(number) }
      // Some answers are read at a glance, some are too long for that.
      let text = String(repeating: "x", count: number % 3 == 0 ? 100_000 : 3)
      exchange.respond(.text(number % 10 == 0 ? 503 : 200, text, headers: [("Daybook-Position", "p\(number)")]))
    }
    defer { server.stop() }
    var answered: [Int: String] = [:]
    let outcome = try HTTPLoadGenerator(address: address, connections: 7).run(
      next: { $0 < 100 ? request(address, $0) : nil },
      answered: { answered[$0.request] = $0.whole?.header("daybook-position") })
    #expect(bodies.withLock { $0.sorted() } == Array(0..<100))
    #expect(outcome.statuses == [200: 90, 503: 10])
    #expect(outcome.latencies.count == 100)
    #expect(outcome.firstProblem?.hasPrefix("x") == true)
    #expect(outcome.positions.count == 7 && outcome.positions.allSatisfy { $0.hasPrefix("p") })
    #expect(answered == Dictionary(uniqueKeysWithValues: (0..<100).map { ($0, "p\($0)") }))
  }

  @Test func connectionsAreSpreadOverTheAddresses() throws {
    let counts = Mutex([0, 0])
    let (first, firstAddress) = try server { exchange in
      counts.withLock { $0[0] += 1 }
      exchange.respond(.text(200, "a"))
    }
    defer { first.stop() }
    let (second, secondAddress) = try server { exchange in
      counts.withLock { $0[1] += 1 }
      exchange.respond(.text(200, "b"))
    }
    defer { second.stop() }
    let requests = (0..<200).map { request(firstAddress, $0) }
    _ = try HTTPLoadGenerator(addresses: [firstAddress, secondAddress], connections: 4).run(requests)
    let (a, b) = counts.withLock { ($0[0], $0[1]) }
    #expect(a + b == 200 && a > 0 && b > 0, "\(a) and \(b)")
  }

  @Test func aPacedLoadEndsWithItsTimeAndKeepsItsRate() throws {
    let (server, address) = try server { $0.respond(.text(200, "a")) }
    defer { server.stop() }
    let outcome = try HTTPLoadGenerator(address: address, connections: 2).run(
      pace: HTTPLoadPace(rate: 400, duration: .milliseconds(500)), next: { request(address, $0) })
    #expect(outcome.statuses == [200: 200])
    #expect(outcome.seconds > 0.49, "\(outcome.seconds)")
  }

  @Test func aStallCountsForAllThatWereDueMeanwhile() throws {
    let isFirst = Atomic(true)
    let (server, address) = try server { exchange in
      if isFirst.exchange(false, ordering: .relaxed) { MonotonicClock.sleep(for: .milliseconds(400)) }
      exchange.respond(.text(200, "a"))
    }
    defer { server.stop() }
    let outcome = try HTTPLoadGenerator(address: address, connections: 1).run(
      pace: HTTPLoadPace(rate: 100), next: { $0 < 30 ? request(address, $0) : nil })
    // Request N was due at N × 10 ms and had to wait for the first one's 400 ms.
    for (index, latency) in outcome.latencies.enumerated() {
      #expect(Int(latency) >= 399_000 - index * 10_000, "request \(index): \(latency) µs")
    }
    #expect(outcome.latencies.count == 30)
  }

  @Test func aServerThatIsNotThereIsAnError() throws {
    let address = ListenAddress(host: "127.0.0.1", port: try FreePort.find())
    #expect(throws: HTTPClientError.self) {
      try HTTPLoadGenerator(address: address, connections: 1).run([request(address, 0)])
    }
  }

  @Test func aConnectionThatTheServerClosesBetweenRequestsIsOpenedAgain() throws {
    let number = Atomic(0)
    let (server, address) = try server { exchange in
      let isLast = number.wrappingAdd(1, ordering: .relaxed).newValue % 10 == 0
      exchange.respond(.text(200, "a", headers: isLast ? [("Connection", "close")] : []))
    }
    defer { server.stop() }
    let requests = (0..<100).map { request(address, $0) }
    #expect(try HTTPLoadGenerator(address: address, connections: 3).run(requests).statuses == [200: 100])
  }

  @Test func aServerThatClosesWithoutAnAnswerIsAnError() throws {
    let listener = try ClosingListener()
    defer { listener.stop() }
    let error = #expect(throws: HTTPClientError.self) {
      try HTTPLoadGenerator(address: listener.address, connections: 1).run([request(listener.address, 0)])
    }
    #expect(error?.description.contains("closed a connection under load") == true, "\(String(describing: error))")
  }
}

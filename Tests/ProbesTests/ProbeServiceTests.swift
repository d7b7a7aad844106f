import HTTPClient
import HTTPServer
import Probes
import Runtime
import Synchronization
import Testing

@Suite struct ProbeServiceTests {
  /// What the process says of itself.
  private final class State: Sendable {
    let values = Mutex<(problem: String?, status: HealthStatus)>((nil, .pass))
  }

  private final class Running {
    let registry = MetricsRegistry()
    let state = State()
    private var server: HTTPServer?
    private var client: HTTPClient?

    init() throws {
      let identity = ProcessIdentity(program: "test", version: "1")
      ProcessMetrics.register(registry, identity)
      let service = ProbeService(registry: registry) { [state] in
        state.values.withLock { $0.problem }
      } report: { [state] in
        HealthReport(identity, [HealthCheck("a:b", .component, state.values.withLock { $0.status }, reason: "why")])
      }
      let server = try HTTPServer(
        ProbeService.serverSettings(host: "127.0.0.1", port: 0), logger: Logger(program: "test", level: .error),
        metrics: registry
      ) { service.handle($0) }
      self.server = server
      client = HTTPClient(ListenAddress(host: "127.0.0.1", port: server.port))
    }

    func send(_ target: String, _ method: String = "GET") throws -> HTTPClientResponse {
      try #require(client).send(method, target)
    }

    func stop() { server?.stop() }
  }

  @Test func readinessAndLivenessAreTwoThings() throws {
    let service = try Running()
    defer { service.stop() }
    #expect(try service.send("/livez").text == "ok\n")
    #expect(try service.send("/readyz").text == "ready\n")
    service.state.values.withLock { $0.status = .fail }
    #expect(try service.send("/livez").status == 200)
    #expect(try service.send("/readyz").status == 503)
    #expect(try service.send("/readyz?verbose").header("content-type") == "application/health+json")
    service.state.values.withLock { $0 = ("stuck", .pass) }
    let live = try service.send("/livez")
    #expect(live.status == 503)
    #expect(live.text == "not alive: stuck\n")
  }

  @Test func nothingElseIsAnswered() throws {
    let service = try Running()
    defer { service.stop() }
    let unknown = try service.send("/v1/samples")
    #expect(unknown.status == 404)
    #expect(unknown.text.contains("/livez, /readyz, /metrics"))
    let post = try service.send("/metrics", "POST")
    #expect(post.status == 405)
    #expect(post.header("allow") == "GET, HEAD")
    let head = try service.send("/metrics", "HEAD")
    #expect(head.status == 200)
    #expect(head.text.isEmpty)
  }

  @Test func metricsTellOfTheProcessAndItsRequests() throws {
    let service = try Running()
    defer { service.stop() }
    _ = try service.send("/readyz")
    _ = try service.send("/nowhere/%22at%20all")
    let answer = try service.send("/metrics")
    #expect(answer.header("content-type") == "text/plain; version=0.0.4; charset=utf-8")
    let text = answer.text
    #expect(text.contains("daybook_build_info{program=\"test\",version=\"1\"} 1\n"))
    #expect(text.contains("daybook_http_requests_total{route=\"/readyz\",status=\"200\"} 1\n"))
    #expect(text.contains("daybook_http_requests_total{route=\"other\",status=\"404\"} 1\n"))
    #expect(!text.contains("nowhere"))
    for name in [
      "process_cpu_seconds_total", "process_resident_memory_bytes", "process_virtual_memory_bytes",
      "process_open_fds", "process_max_fds", "process_start_time_seconds", "process_threads",
    ] {
      let line = try #require(text.split(separator: "\n").first { $0.hasPrefix(name + " ") }, "\(name)")
      let value = try #require(Double(line.dropFirst(name.count + 1)), "\(line)")
      #expect(value > 0, "\(line)")
    }
    let started = text.split(separator: "\n").first { $0.hasPrefix("process_start_time_seconds ") }
    let seconds = Double(started?.split(separator: " ").last ?? "") ?? 0
    let now = Double(WallClock.now) / 1e9
    #expect(seconds <= now + 1 && seconds > now - 7_200, "\(seconds) at \(now)")
  }
}

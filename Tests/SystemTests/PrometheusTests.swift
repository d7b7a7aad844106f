import Foundation
import Glibc
import HTTPClient
import JSON
import Runtime
import Testing

/// What the processes expose, as Prometheus' own programs see it.
struct PrometheusTests {
  private struct Exposition {
    let process: String
    let text: String

    /// Name → type.
    var families: [String: String] {
      var found: [String: String] = [:]
      for line in text.split(separator: "\n") where line.hasPrefix("# TYPE ") {
        let words = line.split(separator: " ")
        found[String(words[2])] = String(words[3])
      }
      return found
    }

    /// The label keys that samples of a family carry, `le` left out.
    func labels(of family: String) -> Set<String> {
      var keys: Set<String> = []
      for line in text.split(separator: "\n") where !line.hasPrefix("#") {
        guard let brace = line.firstIndex(of: "{"), let end = line.lastIndex(of: "}") else { continue }
        let name = line[..<brace]
        guard [family, family + "_bucket", family + "_sum", family + "_count"].contains(String(name)) else { continue }
        for pair in line[line.index(after: brace)..<end].split(separator: ",") {
          keys.insert(String(pair.prefix { $0 != "=" }))
        }
      }
      return keys.subtracting(["le"])
    }
  }

  /// Work of every kind, so that what is counted at its first use is there.
  private static func work(_ daybook: RunningDaybook) throws {
    let command = HTTPClient(daybook.command)
    let query = HTTPClient(daybook.query)
    let time = WallClock.now
    _ = try command.send(
      "POST", "/v1/samples", headers: [("Content-Type", "application/json")],
      body: Array(#"[{"name":"m","value":1},{"name":"m","value":2}]"#.utf8))
    let bad = try command.send(
      "POST", "/v1/samples", headers: [("Content-Type", "application/json")], body: Array(#"[{"name":"m"}]"#.utf8))
    #expect(bad.status == 422)
    let partial = try command.send("POST", "/write", body: Array("cpu,host=a v=1 \(time)\nno line\n".utf8))
    #expect(partial.status == 400)
    let token = try #require(partial.header("daybook-position"))
    for kind in ["metrics?", "series?name=cpu_v&", "samples?name=cpu_v&", "latest?name=cpu_v&", "timeline?name=cpu_v&"]
    {
      let answer = try query.send("GET", "/v1/\(kind)after=\(token)&wait=20s")
      #expect(answer.status == 200, "\(kind): \(answer.text)")
    }
    #expect(try query.send("GET", "/v1/timeline").status == 400)
    // Folded once it is quiet: then the fold's metrics are there.
    let projector = HTTPClient(daybook.projector)
    let deadline = MonotonicClock.deadline(after: .seconds(60))
    while !(try projector.send("GET", "/metrics").text.contains("daybook_projector_folded_samples_total{")) {
      guard MonotonicClock.now < deadline else { throw SystemTestError("nothing was folded:\n\(daybook.log)") }
      MonotonicClock.sleep(for: .milliseconds(20))
    }
  }

  private static func scrape(_ daybook: RunningDaybook) throws -> [Exposition] {
    try [("command", daybook.command), ("projector", daybook.projector), ("query", daybook.query)].map {
      let answer = try HTTPClient($1).send("GET", "/metrics")
      guard answer.status == 200 else { throw SystemTestError("\($0): \(answer.text)") }
      return Exposition(process: $0, text: answer.text)
    }
  }

  /// Runs a program to its end; its status and all it wrote.
  private static func run(_ command: String, in folder: String) throws -> (status: Int32, output: String) {
    let path = folder + "/output.txt"
    let log = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    defer { close(log) }
    let processID = try Spawner.shared.start(
      ["/bin/sh", "-c", command], environment: ["PATH": "/usr/local/bin:/usr/bin:/bin"], log: log)
    var status: Int32 = 0
    waitpid(processID, &status, 0)
    return (status >> 8 & 0xFF, try String(contentsOfFile: path, encoding: .utf8))
  }

  @Test func whatIsExposedIsWhatTheOperatingGuideSaysAndPromtoolFindsNothing() throws {
    let daybook = try RunningDaybook()
    defer { daybook.stop() }
    try Self.work(daybook)
    let table = try MetricsTable.read()
    let folder = try RunningDaybook.temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for exposition in try Self.scrape(daybook) {
      let exposed = exposition.families
      let documented = table.rows(of: exposition.process)
      #expect(
        Set(exposed.keys) == Set(documented.map(\.name)),
        "\(exposition.process): only exposed \(Set(exposed.keys).subtracting(documented.map(\.name)).sorted()), only documented \(Set(documented.map(\.name)).subtracting(exposed.keys).sorted())"
      )
      for row in documented {
        #expect(exposed[row.name] == row.type, "\(exposition.process): \(row.name)")
        let labels = exposition.labels(of: row.name)
        #expect(labels == row.labels, "\(exposition.process): \(row.name)")
      }
      try exposition.text.write(toFile: folder + "/metrics.txt", atomically: true, encoding: .utf8)
      let check = try Self.run("promtool check metrics < \(folder)/metrics.txt", in: folder)
      #expect(check.status == 0, "\(exposition.process): \(check.output)")
      #expect(check.output.isEmpty, "\(exposition.process): \(check.output)")
    }
  }

  /// What is exposed where there is Kafka only, by what the sources name.
  @Test func theOperatingGuideHasWhatRelayAndProjectorsOverKafkaExpose() throws {
    let table = try MetricsTable.read()
    for (process, folder, expression) in [
      ("relay", "Sources/Relay", /"(daybook_relay_[a-z_]+)"/),
      ("kafka", "Sources/Project", /"(daybook_kafka_[a-z_]+)"/),
    ] {
      let named = try RepositoryFile.swiftFiles(folder).flatMap { file in
        file.text.matches(of: expression).map { String($0.1) }
      }
      let every = Set(table.rows(of: "every").map(\.name))
      #expect(Set(named) == Set(table.rows(of: process).map(\.name)).subtracting(every), "\(process)")
      #expect(named.count > 5)
    }
  }

  @Test func prometheusScrapesAllThreeAndAnswersFromThem() throws {
    let daybook = try RunningDaybook()
    defer { daybook.stop() }
    try Self.work(daybook)
    let folder = try RunningDaybook.temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    // The configuration as the operating guide has it, on this instance's ports and without its patience.
    let guide = try OperatingGuide.block(after: "### Prometheus", language: "yaml")
    var configuration = guide.replacingOccurrences(of: "scrape_interval: 15s", with: "scrape_interval: 200ms")
    for (port, address) in [("8080", daybook.command), ("8081", daybook.query), ("8082", daybook.projector)] {
      #expect(configuration.contains("127.0.0.1:\(port)"))
      configuration = configuration.replacingOccurrences(of: "127.0.0.1:\(port)", with: "\(address)")
    }
    try configuration.write(toFile: folder + "/prometheus.yml", atomically: true, encoding: .utf8)
    let check = try Self.run("promtool check config \(folder)/prometheus.yml", in: folder)
    #expect(check.status == 0, "\(check.output)")
    let address = ListenAddress(host: "127.0.0.1", port: try FreePort.find())
    let log = open(folder + "/prometheus.log", O_WRONLY | O_CREAT, 0o644)
    let processID = try Spawner.shared.start(
      [
        "/usr/bin/prometheus", "--config.file=\(folder)/prometheus.yml", "--storage.tsdb.path=\(folder)/data",
        "--web.listen-address=\(address)", "--log.level=warn",
      ], environment: ["PATH": "/usr/bin:/bin"], log: log)
    defer {
      kill(processID, SIGTERM)
      var status: Int32 = 0
      waitpid(processID, &status, 0)
      close(log)
    }
    let server = PrometheusServer(address, log: folder + "/prometheus.log")
    try server.wait("count(up{job=\"daybook\"} == 1)", toBe: 3)
    try server.wait("sum(daybook_append_samples_total)", toBe: 3)
    try server.wait("sum(daybook_projector_folded_samples_total)", toBe: 3)
    try server.wait("sum(daybook_http_requests_total{route=\"/v1/timeline\",status=\"200\"})", toBe: 1)
    // A quantile needs whole histograms.
    try server.wait(
      "histogram_quantile(1, sum by (le) (daybook_http_request_duration_seconds_bucket{route=\"/v1/samples\"})) > bool 0",
      toBe: 1)
    // Prometheus knows the process behind each by the names that its own libraries use.
    try server.wait("count(process_resident_memory_bytes > 1000000)", toBe: 3)
    try server.wait("count(daybook_build_info)", toBe: 3)
  }

  @Test func theGuidesAlertsAreRulesThatPrometheusTakes() throws {
    let folder = try RunningDaybook.temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let rules = try OperatingGuide.block(after: "### Alerts", language: "yaml")
    try rules.write(toFile: folder + "/rules.yml", atomically: true, encoding: .utf8)
    let check = try Self.run("promtool check rules \(folder)/rules.yml", in: folder)
    #expect(check.status == 0, "\(check.output)")
    #expect(check.output.contains("SUCCESS"), "\(check.output)")
    // Every name in them is one that some process exposes.
    let known = Set(try MetricsTable.read().all.map(\.name))
    let words = rules.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init)
    for word in words where word.hasPrefix("daybook_") || word.hasPrefix("process_") {
      let family = ["_bucket", "_sum", "_count"].reduce(word) {
        $0.hasSuffix($1) && !known.contains($0) ? String($0.dropLast($1.count)) : $0
      }
      #expect(known.contains(family), "\(word)")
    }
  }

  @Test func aScrapeUnderLoadTakesFewMilliseconds() throws {
    let daybook = try RunningDaybook()
    defer { daybook.stop() }
    try Self.work(daybook)
    let isDone = Monitor(false)
    let address = daybook.command
    let load = OwnedThread("load") {
      let client = HTTPClient(address)
      var time: Int64 = 1_700_000_000_000_000_000
      while !isDone.withLock({ $0 }) {
        var body = ""
        for series in 0..<200 {
          time += 1_000_000
          body += "load,host=h\(series) v=\(series) \(time)\n"
        }
        _ = try? client.send("POST", "/write", body: Array(body.utf8))
      }
    }
    defer {
      isDone.withLock { $0 = true }
      load.join()
    }
    for (name, address) in [("command", daybook.command), ("projector", daybook.projector), ("query", daybook.query)] {
      let client = HTTPClient(address)
      var best = UInt64.max
      for _ in 0..<50 {
        let start = MonotonicClock.now
        #expect(try client.send("GET", "/metrics").status == 200)
        best = min(best, MonotonicClock.now - start)
      }
      // The best of many: this machine has other work.
      #expect(best < 10_000_000, "\(name): \(best) ns")
    }
  }
}

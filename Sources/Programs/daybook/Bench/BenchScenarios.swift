import Events
import HTTPClient
import Runtime

/// What `daybook bench` measures, one function a scenario. Each owns its instance and removes it.
enum BenchScenarios {
  /// Batches of line protocol beside a running projector.
  static func ingest(_ load: BenchLoad) throws -> BenchReport {
    let instance = try BenchInstance()
    defer { instance.stop() }
    let prepared = prepare(load, instance.command)
    let idle = instance.usage
    let memory = MemoryWatch(processIDs: instance.processIDs)
    let started = MonotonicClock.now
    let outcome = try send(prepared.requests, load.connections, instance.command, "ingest", prepared.samplesPerRequest)
    let queryable = try waitUntilQueryable(instance.query, outcome.positions, since: started)
    let peak = memory.stop()
    let busy = instance.usage
    var report = BenchReport(
      "ingest: \(load.linesPerRequest) lines of 10 fields a request, \(load.connections) connections, durable")
    report.add("samples", "samples", Double(prepared.samples), "")
    report.add("series", "series", Double(load.hosts * BenchWorkload.fields.count), "")
    report.add("samples_per_second", "acknowledged", Double(prepared.samples) / outcome.seconds, "samples/s")
    report.add("acknowledged_seconds", "first byte to last acknowledgement", outcome.seconds, "s")
    report.add("queryable_seconds", "first byte to all queryable", queryable, "s")
    report.addLatencies(outcome.latencies, key: "request", label: "request")
    addProcessorTime(&report, before: idle, after: busy)
    report.add("idle_pss_mb", "memory before the load (PSS)", Double(idle.map(\.pssBytes).reduce(0, +)) / 1e6, "MB")
    report.addMemory(peak)
    try checkStatuses(outcome, &report, expected: 204)
    return report
  }

  /// One sample a request.
  static func singles(requests: Int, connections: Int) throws -> BenchReport {
    let instance = try BenchInstance()
    defer { instance.stop() }
    let prepared = (0..<requests).map { number in
      let time = BenchWorkload.start + Int64(number / 1000) * BenchWorkload.step
      let line = "load,host=host_\(number % 1000) value=\(number % 100).\(number % 10)5 \(time)\n"
      return HTTPLoadGenerator.request("POST", "/write?db=bench", host: instance.command, body: Array(line.utf8))
    }
    let idle = instance.usage
    let memory = MemoryWatch(processIDs: instance.processIDs)
    let started = MonotonicClock.now
    let outcome = try send(prepared, connections, instance.command, "singles", 1)
    let queryable = try waitUntilQueryable(instance.query, outcome.positions, since: started)
    let peak = memory.stop()
    var report = BenchReport("ingest: one sample a request, \(connections) connections, durable")
    report.add("requests", "requests", Double(requests), "")
    report.add("requests_per_second", "acknowledged", Double(requests) / outcome.seconds, "requests/s")
    report.add("queryable_seconds", "first byte to all queryable", queryable, "s")
    report.addLatencies(outcome.latencies, key: "request", label: "request")
    addProcessorTime(&report, before: idle, after: instance.usage)
    report.addMemory(peak)
    try checkStatuses(outcome, &report, expected: 204)
    return report
  }

  /// A backlog that is in the store before the projector starts.
  static func project(_ load: BenchLoad) throws -> BenchReport {
    let instance = try BenchInstance(withoutProjector: true)
    defer { instance.stop() }
    let prepared = prepare(load, instance.command)
    let outcome = try send(prepared.requests, load.connections, instance.command, "ingest", prepared.samplesPerRequest)
    let started = MonotonicClock.now
    try instance.startProjector()
    let memory = MemoryWatch(processIDs: instance.processIDs)
    let queryable = try waitUntilQueryable(instance.query, outcome.positions, since: started)
    let peak = memory.stop()
    var report = BenchReport("project: a backlog from the store until all of it is queryable")
    report.add("samples", "samples", Double(prepared.samples), "")
    report.add("queryable_seconds", "start of the projector to all queryable", queryable, "s")
    report.add("samples_per_second", "projected", Double(prepared.samples) / queryable, "samples/s")
    report.addMemory(peak)
    try checkStatuses(outcome, &report, expected: 204)
    return report
  }

  /// Timeline answers over HTTP on one connection.
  static func query(_ load: BenchLoad, rounds: Int) throws -> BenchReport {
    let instance = try BenchInstance()
    defer { instance.stop() }
    let prepared = prepare(load, instance.command)
    let outcome = try send(prepared.requests, load.connections, instance.command, "ingest", prepared.samplesPerRequest)
    _ = try waitUntilQueryable(instance.query, outcome.positions, since: MonotonicClock.now)
    try instance.waitUntilFolded()
    let from = BenchWorkload.start / 1_000_000
    let to = (BenchWorkload.start + Int64(load.steps) * BenchWorkload.step) / 1_000_000
    let range = "from=\(from)&to=\(to)"
    let questions = [
      ("one_series_minute", "one series by minute", "name=cpu_usage_user&label.hostname=host_0&\(range)&step=minute"),
      ("one_series_hour", "one series by hour", "name=cpu_usage_user&label.hostname=host_0&\(range)&step=hour"),
      ("by_region_minute", "all hosts by region and minute", "name=cpu_usage_user&\(range)&step=minute&by=region"),
      ("by_region_day", "all hosts by region and day", "name=cpu_usage_user&\(range)&step=day&by=region"),
    ]
    var report = BenchReport("query: timeline answers over HTTP, one connection, \(rounds) of each")
    report.add("series", "series of the metric", Double(load.hosts), "")
    let client = HTTPClient(instance.query, timeout: .seconds(60))
    for (key, label, question) in questions {
      var latencies: [UInt32] = []
      var progress = ProgressLine(label, total: rounds, unit: "queries")
      for round in 0..<rounds {
        let started = MonotonicClock.now
        let answer = try client.send("GET", "/v1/timeline?\(question)")
        guard answer.status == 200 else { throw BenchError("query failed: \(answer.text)") }
        latencies.append(UInt32(clamping: (MonotonicClock.now - started) / 1000))
        progress.show(round + 1)
      }
      progress.end()
      report.addLatencies(latencies, key: key, label: label)
    }
    return report
  }

  /// From the answer of a POST to an answer that has its bucket, nothing else going on.
  static func freshness(rounds: Int) throws -> BenchReport {
    let instance = try BenchInstance()
    defer { instance.stop() }
    let writer = HTTPClient(instance.command)
    let reader = HTTPClient(instance.query)
    var latencies: [UInt32] = []
    var progress = ProgressLine("freshness", total: rounds, unit: "samples")
    for round in 0..<rounds {
      let time = BenchWorkload.start + Int64(round) * 60_000_000_000
      let write = try writer.send("POST", "/write?db=bench", body: Array("fresh value=\(round) \(time)\n".utf8))
      guard write.status == 204, let token = write.header("daybook-position") else {
        throw BenchError("write failed: \(write.status) \(write.text)")
      }
      let started = MonotonicClock.now
      let from = time / 1_000_000
      let answer = try reader.send(
        "GET", "/v1/timeline?name=fresh&step=minute&from=\(from)&to=\(from + 60_000)&after=\(token)&wait=10s")
      guard answer.status == 200, answer.text.contains("[\(from)]") else {
        throw BenchError("the sample of round \(round) is not in the answer: \(answer.status) \(answer.text)")
      }
      latencies.append(UInt32(clamping: (MonotonicClock.now - started) / 1000))
      progress.show(round + 1)
    }
    progress.end()
    var report = BenchReport("freshness: from the answer of a POST to its bucket in a timeline answer, quiet system")
    report.add("rounds", "samples", Double(rounds), "")
    report.addLatencies(latencies, key: "freshness", label: "freshness")
    return report
  }

  private static func prepare(
    _ load: BenchLoad, _ address: ListenAddress
  ) -> (requests: [[UInt8]], samples: Int, samplesPerRequest: Int) {
    var workload = BenchWorkload(hosts: load.hosts, steps: load.steps)
    var requests: [[UInt8]] = []
    var progress = ProgressLine("prepare", total: workload.lines, unit: "lines")
    var line = 0
    while line < workload.lines {
      let count = min(load.linesPerRequest, workload.lines - line)
      let body = workload.body(line: line, count: count)
      requests.append(HTTPLoadGenerator.request("POST", "/write?db=bench", host: address, body: body))
      line += count
      progress.show(line)
    }
    progress.end()
    return (requests, workload.samples, load.linesPerRequest * BenchWorkload.fields.count)
  }

  private static func send(
    _ requests: [[UInt8]], _ connections: Int, _ address: ListenAddress, _ label: String, _ samplesPerRequest: Int
  ) throws -> HTTPLoadGenerator.Outcome {
    var progress = ProgressLine(label, total: requests.count * samplesPerRequest, unit: "samples")
    defer { progress.end() }
    return try HTTPLoadGenerator(address: address, connections: connections).run(requests) {
      progress.show($0 * samplesPerRequest)
    }
  }

  /// Seconds since `since` until an answer holds all that the tokens name.
  private static func waitUntilQueryable(_ address: ListenAddress, _ tokens: [String], since: UInt64) throws -> Double {
    let deadline = MonotonicClock.deadline(after: .seconds(300))
    let parsed = try tokens.map { try PositionToken(parsing: $0) }
    guard let first = parsed.first else { throw BenchError("no answer had a position") }
    let after = try parsed.dropFirst().reduce(first) { try $0.merged(with: $1) }
    let client = HTTPClient(address, timeout: .seconds(60))
    while true {
      let answer = try client.send("GET", "/v1/timeline?name=none&step=hour&from=0&to=3600000&wait=10s&after=\(after)")
      if answer.status == 200 { return Double(MonotonicClock.now - since) / 1e9 }
      guard answer.status == 504, MonotonicClock.now < deadline else {
        throw BenchError("not queryable: \(answer.status) \(answer.text)")
      }
    }
  }

  private static func addProcessorTime(_ report: inout BenchReport, before: [ProcessUsage], after: [ProcessUsage]) {
    var used: [String: Double] = [:]
    for process in after {
      let earlier = before.first { $0.processID == process.processID }?.cpuSeconds ?? 0
      used[process.name, default: 0] += process.cpuSeconds - earlier
    }
    for (name, seconds) in used.sorted(by: { $0.value > $1.value }) where seconds >= 0.01 {
      report.add("cpu_seconds_" + name.replacing(" ", with: "_"), "processor time, \(name)", seconds, "s")
    }
  }

  private static func checkStatuses(_ outcome: HTTPLoadGenerator.Outcome, _ report: inout BenchReport, expected: Int)
    throws
  {
    let others = outcome.statuses.filter { $0.key != expected }
    guard others.isEmpty else {
      throw BenchError("some requests failed, so no figure is shown: \(others): \(outcome.firstProblem ?? "")")
    }
  }
}

import HTTPClient
import Runtime

/// From the answer of a POST to an answer of the query service that has its sample.
package struct FreshnessScenario {
  private let rounds: Int
  private let kafka: BenchKafka?
  private let progress: BenchProgress.Maker

  package init(rounds: Int, kafka: BenchKafka? = nil, progress: @escaping BenchProgress.Maker) {
    self.rounds = rounds
    self.kafka = kafka
    self.progress = progress
  }

  package func run() throws -> BenchReport {
    try BenchTarget.own(commandServices: 1, kafka: kafka).with { try measure($0) }
  }

  private func measure(_ system: BenchSystem) throws -> BenchReport {
    guard let query = system.query else { preconditionFailure("BUG: an instance of our own has no query service") }
    let (writer, reader) = (HTTPClient(system.addresses[0]), HTTPClient(query))
    var latencies: [UInt32] = []
    let bar = progress("freshness", rounds, "samples")
    for round in 0..<rounds {
      let time = HostWorkload.start + Int64(round) * 60_000_000_000
      let write = try writer.send("POST", system.target, body: Array("fresh value=\(round) \(time)\n".utf8))
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
      bar.show(round + 1)
    }
    bar.end()
    var report = BenchReport(
      "freshness: from the answer of a POST to its bucket in a timeline answer, quiet system"
        + (kafka == nil ? "" : ", over Kafka"))
    report.add("rounds", "samples", Double(rounds), "")
    report.addLatencies(latencies, key: "freshness", label: "freshness")
    return report
  }
}

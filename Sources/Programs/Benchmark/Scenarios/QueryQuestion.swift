import HTTPClient
import Runtime

/// One question in several versions, asked in turn: the same with other times, so that no answer can be one of before.
package struct QueryQuestion: Sendable {
  /// Names its figures.
  let key: String
  let label: String
  let targets: [String]

  /// Versions that a question has: minutes, or days, that its times are moved by.
  static let versions = 10

  /// What is asked of the load of hosts: the last but a few minutes of it.
  static func ofHosts(_ load: BenchLoad, movedBy minutes: Int = 0) -> [QueryQuestion] {
    let span = Int64(load.steps) * HostWorkload.step / 1_000_000
    let one = "name=cpu_usage_user&label.hostname=host_0"
    return [
      ("one_series_minute", "one series by minute", one + "&step=minute"),
      ("by_region_minute", "all hosts by region and minute", "name=cpu_usage_user&step=minute&by=region"),
      ("one_series_hour", "one series by hour", one + "&step=hour"),
      ("by_region_hour", "all hosts by region and hour", "name=cpu_usage_user&step=hour&by=region"),
      ("by_region_day", "all hosts by region and day", "name=cpu_usage_user&step=day&by=region"),
    ].map { key, label, query in
      QueryQuestion(
        key: key, label: label,
        targets: (0..<versions).map {
          let from = HostWorkload.start / 1_000_000 + Int64(minutes + $0) * 60_000
          return "/v1/timeline?\(query)&from=\(from)&to=\(from + span)"
        })
    }
  }

  /// One series, a year by day.
  static let ofYear = QueryQuestion(
    key: "one_series_year_day", label: "one series, a year by day",
    targets: (0..<versions).map {
      let from = HostWorkload.start / 1_000_000 + Int64($0) * 86_400_000
      return "/v1/timeline?name=year_usage_user&step=day&from=\(from)&to=\(from + 365 * 86_400_000)"
    })

  /// Asks over one connection and returns microseconds, one an answer.
  func ask(
    _ client: HTTPClient, _ prefix: String, rounds: Int, limit: Duration?, _ progress: BenchProgress.Maker
  ) throws -> [UInt32] {
    let bar = progress(prefix + label, rounds, "queries")
    defer { bar.end() }
    let deadline = limit.map { MonotonicClock.deadline(after: $0) }
    var latencies: [UInt32] = []
    while latencies.count < rounds {
      let started = MonotonicClock.now
      if let deadline, started >= deadline, !latencies.isEmpty { break }
      let target = targets[latencies.count % targets.count]
      let answer = try client.send("GET", target)
      guard answer.status == 200 else {
        throw BenchError("a query failed: \(target): \(answer.status) \(answer.text.prefix(500))")
      }
      latencies.append(UInt32(clamping: (MonotonicClock.now - started) / 1000))
      bar.show(latencies.count)
    }
    return latencies
  }
}

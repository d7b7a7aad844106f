import HTTPClient
import JSON
import Runtime

/// A timeline answer as a test looks at it.
struct TimelineAnswer {
  struct Series {
    let labels: [String: String]
    let time: [Int64]
    let columns: [String: [Double?]]
  }

  let position: String
  let series: [Series]

  init(_ body: [UInt8]) throws {
    let parser = JSONParser()
    let root = try parser.parse(body).root
    guard let list = root["series"]?.elements else {
      throw SystemTestError("no timeline answer: \(String(decoding: body.prefix(500), as: UTF8.self))")
    }
    position = root["position"]?.string ?? ""
    series = list.map { entry in
      var labels: [String: String] = [:]
      for member in entry["labels"]!.members! {
        labels[String(decoding: member.name, as: UTF8.self)] = member.value.string
      }
      var columns: [String: [Double?]] = [:]
      for member in entry.members! where !member.isNamed("time") && !member.isNamed("labels") {
        columns[String(decoding: member.name, as: UTF8.self)] = member.value.elements!.map(\.double)
      }
      return Series(labels: labels, time: entry["time"]!.elements!.map { $0.int64! }, columns: columns)
    }
    withExtendedLifetime(parser) {}
  }

  /// Asks for one series' buckets from `from` to `to` (Unix milliseconds), in as many requests as the limit of points
  /// a series asks for, and puts them together.
  static func buckets(
    _ client: HTTPClient, _ query: String, from: Int64, to: Int64, stepMilliseconds: Int64, step: String,
    after: [String] = []
  ) throws -> [Int64: [String: Double]] {
    var result: [Int64: [String: Double]] = [:]
    let window = 10_000 * stepMilliseconds
    var start = from - ((from % window) + window) % window
    let tokens = after.map { "&after=\($0)" }.joined() + (after.isEmpty ? "" : "&wait=30s")
    while start < to {
      let answer = try client.send(
        "GET", "/v1/timeline?\(query)&step=\(step)&from=\(start)&to=\(start + window)\(tokens)")
      guard answer.status == 200 else { throw SystemTestError("\(answer.status): \(answer.text)") }
      let parsed = try TimelineAnswer(answer.body)
      guard parsed.series.count <= 1 else { throw SystemTestError("more than one series for \(query)") }
      for series in parsed.series {
        for (index, time) in series.time.enumerated() {
          result[time] = series.columns.compactMapValues { $0[index] }
        }
      }
      start += window
    }
    return result
  }
}

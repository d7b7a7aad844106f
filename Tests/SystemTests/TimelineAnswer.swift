import Foundation
import HTTPClient
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
    guard let object = try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any],
      let list = object["series"] as? [[String: Any]]
    else { throw SystemTestError("no timeline answer: \(String(decoding: body.prefix(500), as: UTF8.self))") }
    position = object["position"] as? String ?? ""
    series = try list.map { entry in
      guard let times = entry["time"] as? [NSNumber], let labels = entry["labels"] as? [String: String] else {
        throw SystemTestError("a series without times or labels: \(entry)")
      }
      var columns: [String: [Double?]] = [:]
      for (key, value) in entry where key != "time" && key != "labels" {
        columns[key] = (value as? [Any])?.map { ($0 as? NSNumber)?.doubleValue }
      }
      return Series(labels: labels, time: times.map(\.int64Value), columns: columns)
    }
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

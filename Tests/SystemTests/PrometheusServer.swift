import Foundation
import HTTPClient
import JSON
import Runtime

/// A running Prometheus, asked over its HTTP API.
struct PrometheusServer {
  private let client: HTTPClient
  private let logPath: String

  init(_ address: ListenAddress, log: String) {
    client = HTTPClient(address, timeout: .seconds(5))
    logPath = log
  }

  /// Waits until the instant query answers with one value, `expected`.
  func wait(_ query: String, toBe expected: Double) throws {
    let encoded = query.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    let deadline = MonotonicClock.deadline(after: .seconds(60))
    var last = "no answer"
    while MonotonicClock.now < deadline {
      if let answer = try? client.send("GET", "/api/v1/query?query=\(encoded)") {
        last = answer.text
        if answer.status == 200, try value(answer.body) == expected { return }
      }
      MonotonicClock.sleep(for: .milliseconds(50))
    }
    let log = (try? String(contentsOfFile: logPath, encoding: .utf8)) ?? ""
    throw SystemTestError("\(query) never was \(expected); the last answer: \(last)\n\(log)")
  }

  /// `{"data":{"result":[{"value":[time,"3"]}]}}`
  private func value(_ body: [UInt8]) throws -> Double? {
    let parser = JSONParser()
    let root = try parser.parse(body).root
    return withExtendedLifetime(parser) {
      guard let results = root["data"]?["result"]?.elements.map(Array.init), results.count == 1,
        let pair = results[0]["value"]?.elements.map(Array.init), pair.count == 2
      else { return nil }
      return pair[1].string.flatMap { Double($0) }
    }
  }
}

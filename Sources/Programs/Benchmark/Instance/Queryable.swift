import Events
import HTTPClient
import Runtime

/// Waiting until a query service answers with what was written.
enum Queryable {
  /// What the answers' positions name together; nil: there were none.
  static func token(of texts: [String]) throws -> PositionToken? {
    let tokens = try texts.map { try PositionToken(parsing: $0) }
    guard let first = tokens.first else { return nil }
    return try tokens.dropFirst().reduce(first) { try $0.merged(with: $1) }
  }

  /// Returns when an answer holds all that `token` names.
  static func wait(
    _ address: ListenAddress, _ token: PositionToken, patience: Duration = .seconds(600)
  ) throws {
    let deadline = MonotonicClock.deadline(after: patience)
    let client = HTTPClient(address, timeout: .seconds(60))
    while true {
      let answer = try client.send("GET", "/v1/timeline?name=none&step=hour&from=0&to=3600000&wait=10s&after=\(token)")
      if answer.status == 200 { return }
      guard answer.status == 504, MonotonicClock.now < deadline else {
        throw BenchError("not queryable: \(answer.status) \(answer.text)")
      }
    }
  }
}

import HTTPClient
import Runtime

/// Requests over one connection, each until it is answered for good: what fails in passing is sent again under the same
/// idempotency key, so it is stored once however often it arrives.
final class ServiceConnection {
  private let client: HTTPClient
  private let headers: [(String, String)]
  private let control: SendControl
  private let number: Int
  private let retryFor: Duration
  private var policy: RetryPolicy

  init(_ client: HTTPClient, headers: [(String, String)], control: SendControl, number: Int, retryFor: Duration) {
    self.client = client
    self.headers = headers
    self.control = control
    self.number = number
    self.retryFor = retryFor
    policy = RetryPolicy(limit: retryFor)
  }

  /// The answer, whatever its status, but none that asks to come again.
  func post(
    _ target: String, type: String, gzip: Bool, key: String, body: [UInt8]
  ) throws(SendError) -> HTTPClientResponse {
    var all = headers + [("Content-Type", type), ("Idempotency-Key", "\"\(key)\"")]
    if gzip { all.append(("Content-Encoding", "gzip")) }
    while true {
      var problem: String
      var retryAfter: Duration?
      do throws(HTTPClientError) {
        let answer = try client.send("POST", target, headers: all, body: body)
        guard Self.isPassing(answer.status) else {
          policy.succeeded()
          control.flowing(number)
          return answer
        }
        problem = "\(client.endpoint) answered \(answer.status): \(ServiceAnswer.detail(answer))"
        retryAfter = answer.header("retry-after").flatMap { Int64($0) }.map { .seconds(min(max($0, 0), 3_600)) }
      } catch {
        guard error.isPassing else { throw SendError(error.description) }
        problem = error.description
      }
      try pause(problem, retryAfter)
    }
  }

  private func pause(_ problem: String, _ retryAfter: Duration?) throws(SendError) {
    let pause = policy.failed(at: MonotonicClock.now, retryAfter: retryAfter, chance: .random(in: 0...1))
    guard let pause else { throw SendError("\(problem) (tried again for \(DurationText.short(retryFor)))") }
    control.waiting(number, problem)
    guard control.sleep(pause) else { throw SendError.interruption }
  }

  private static func isPassing(_ status: Int) -> Bool { [408, 425, 429, 502, 503, 504].contains(status) }
}

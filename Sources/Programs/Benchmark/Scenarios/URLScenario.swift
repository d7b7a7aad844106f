import HTTPClient
package import Runtime

/// Any URLs of one server, asked in turn over one connection: for peers, and for what runs already.
package struct URLScenario {
  private let endpoint: HTTPEndpoint
  private let question: QueryQuestion
  private let rounds: Int
  private let limit: Duration?
  private let progress: BenchProgress.Maker

  /// - Parameter urls: with path and query, as sent; all of one server.
  package init(
    urls: [String], rounds: Int, limit: Duration?, progress: @escaping BenchProgress.Maker
  ) throws(UsageError) {
    let parsed = try urls.map { (text) throws(UsageError) in try RequestURL(text) }
    guard let first = parsed.first else { throw UsageError("--url is missing") }
    guard parsed.allSatisfy({ $0.address == first.address }) else {
      throw UsageError("all URLs must be of one server: they are asked over one connection")
    }
    endpoint = HTTPEndpoint(first.address)
    question = QueryQuestion(key: "query", label: "query", targets: parsed.map(\.target))
    self.rounds = rounds
    self.limit = limit
    self.progress = progress
  }

  package func run() throws -> BenchReport {
    let client = HTTPClient(endpoint, timeout: .seconds(60))
    let latencies = try question.ask(client, "", rounds: rounds, limit: limit, progress)
    var report = BenchReport("query: \(question.targets.count) URLs of \(endpoint) in turn, one connection")
    report.add("queries", "queries", Double(latencies.count), "")
    report.addLatencies(latencies, key: "query", label: "query")
    return report
  }
}

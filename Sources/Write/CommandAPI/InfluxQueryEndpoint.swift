import HTTPServer

/// `/query` of InfluxDB 1: some agents ask for databases, or make one, before they write. Every name is as good as
/// another here; nothing else is answered.
struct InfluxQueryEndpoint: Sendable {
  /// Bytes of a form that is looked at.
  private static let formLimit = 64 << 10

  func handle(_ exchange: HTTPExchange, _ answer: RequestAnswer) throws(RequestFault) {
    let statement = try Self.statement(exchange)
    let words = statement.uppercased().split { $0 == " " || $0 == "\t" || $0 == "\n" || $0 == ";" }
    switch (words.first, words.dropFirst().first) {
    case ("SHOW", "DATABASES"):
      answer.send(
        Self.result(
          #"{"results":[{"statement_id":0,"series":[{"name":"databases","columns":["name"],"values":[["daybook"]]}]}]}"#
        ))
    case ("CREATE", "DATABASE"): answer.send(Self.result(#"{"results":[{"statement_id":0}]}"#))
    default:
      throw RequestFault(
        400, "unsupported-query",
        "cannot answer query: only SHOW DATABASES and CREATE DATABASE are known here; "
          + "read with GET /v1/timeline of the query service")
    }
  }

  private static func statement(_ exchange: HTTPExchange) throws(RequestFault) -> String {
    if let statement = QueryParameters(exchange.queryItems()).value("q") { return statement }
    let form = String(decoding: exchange.body.prefix(formLimit), as: UTF8.self)
    if let statement = QueryParameters(HTTPQuery.items(form)).value("q") { return statement }
    throw RequestFault(400, "missing-parameter", "missing required parameter \"q\"")
  }

  private static func result(_ json: String) -> HTTPResponse {
    .json(200, json + "\n", headers: InfluxHeaders.make())
  }
}

import Commands
import DescriptionJSON
import Events
import HTTPServer
import Runtime

/// `PUT /v1/metrics/{name}`: unit, description and kind of a metric, which need not have a series yet. What the body does
/// not name stays what it was; null, and an empty text, clear it.
struct DescribeEndpoint: Sendable {
  private let submission: CommandSubmission
  private let bodyLimit: Int

  init(_ submission: CommandSubmission, settings: CommandSettings) {
    self.submission = submission
    bodyLimit = settings.bodyLimit
  }

  func handle(_ exchange: HTTPExchange, _ answer: RequestAnswer) throws(RequestFault) {
    try QueryParameters(exchange.queryItems()).check(known: [])
    let metric = try MetricPath.metric(exchange.path)
    try Self.checkContentType(exchange.header("Content-Type"))
    let coding = try ContentCoding(exchange.header("Content-Encoding"), accepted: [.gzip, .zstd])
    let request = try CommandRequest(exchange, protocol: "json")
    let content = try coding.decoded(exchange.body, limit: bodyLimit) { (body) throws(RequestFault) in
      try Self.content(metric, body)
    }
    submission.submit(
      .describe(
        DescribeCommand(
          metadata: request.metadata, content: content, idempotency: request.idempotency, answer: Self.receipt)),
      answer: answer)
  }

  private static func checkContentType(_ header: String?) throws(RequestFault) {
    let type = ContentType(header)
    guard type.name == "application/json", type.isUTF8 else {
      throw ContentType.unsupported(header, accepted: "application/json")
    }
  }

  private static func content(
    _ metric: SeriesKey, _ body: UnsafeRawBufferPointer
  ) throws(RequestFault) -> MetricDescribed {
    do throws(DescriptionError) {
      return try DescriptionBody.parse(body, metric: metric)
    } catch {
      throw fault(error)
    }
  }

  private static func fault(_ error: DescriptionError) -> RequestFault {
    switch error {
    case .notJSON(let detail): return RequestFault(400, "invalid-json", detail)
    case .bad(let faults):
      let details = faults.map(\.detail).joined(separator: "; ")
      var fault = RequestFault(422, "bad-description", "nothing was stored: \(details)")
      fault.parts = faults.map {
        RequestFault.Part(place: .pointer($0.pointer), code: $0.code, detail: $0.detail)
      }
      return fault
    }
  }

  /// Without `accepted`: there is no sample in it.
  private static func receipt(_ receipt: AppendReceipt) -> StoredAnswer {
    let position = receipt.token.description
    var json = JSONWriter()
    json.beginObject()
    json.member("command", receipt.commandID.description)
    json.member("position", position)
    json.endObject()
    return StoredAnswer(
      status: 201, headers: [("Content-Type", "application/json"), ("Daybook-Position", position)],
      body: json.document)
  }
}

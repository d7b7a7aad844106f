import Commands
import Events
import HTTPServer
import Runtime
import SamplesJSON

/// `POST /v1/samples`: one JSON object, an array, or one object per line. All or nothing: one bad sample and nothing is
/// stored.
struct SamplesEndpoint: Sendable {
  private static let parameters = ["mode", "precision"]

  private let submission: CommandSubmission
  private let bodyLimit: Int
  private let parsers: ThreadOwned<SamplesParser>

  init(_ submission: CommandSubmission, settings: CommandSettings) {
    self.submission = submission
    bodyLimit = settings.bodyLimit
    let resolver = submission.appender.resolver
    parsers = ThreadOwned { SamplesParser(resolver: resolver) }
  }

  func handle(_ exchange: HTTPExchange, _ answer: RequestAnswer) throws(RequestFault) {
    let parameters = QueryParameters(exchange.queryItems())
    try parameters.check(known: Self.parameters)
    let mode = try Self.mode(parameters)
    let precision = try Self.precision(parameters)
    let format = try Self.format(exchange.header("Content-Type"))
    let coding = try ContentCoding(exchange.header("Content-Encoding"), accepted: [.gzip, .zstd])
    let request = try CommandRequest(exchange, protocol: "json")
    let outcome = try coding.decoded(exchange.body, limit: bodyLimit) { (body) throws(RequestFault) in
      try parse(body, format, precision)
    }
    if outcome.roundedIntegers > 0 { submission.metrics.roundedIntegers.add(outcome.roundedIntegers) }
    submission.submit(
      .record(
        RecordCommand(
          mode: mode, metadata: request.metadata, batch: outcome.batch, idempotency: request.idempotency,
          answer: Self.receipt)),
      answer: answer)
  }

  private func parse(
    _ body: UnsafeRawBufferPointer, _ format: SamplesFormat, _ precision: SamplePrecision
  ) throws(RequestFault) -> SamplesOutcome {
    do throws(SamplesBodyError) {
      return try parsers.value.parse(body, format: format, precision: precision, serverTime: WallClock.now)
    } catch {
      throw fault(error)
    }
  }

  private func fault(_ error: SamplesBodyError) -> RequestFault {
    switch error {
    case .notJSON(let detail, let index):
      var fault = RequestFault(400, "invalid-json", detail)
      if let index {
        fault.parts = [RequestFault.Part(place: .index(index), code: "invalid-json", detail: detail)]
        fault.partsTotal = 1
      }
      return fault
    case .noSamples:
      return RequestFault(422, "no-samples", "there is no sample in the body: send at least one")
    case .tooManyNewSeries:
      return RequestFault(
        413, "too-many-new-series",
        "cannot accept body: it has more than \(SamplesParser.newSeriesLimit) new series; send it in smaller batches")
    case .badSamples(let faults, let total):
      for fault in faults { submission.metrics.rejected(1, protocol: "json", reason: fault.fault.code) }
      let rest = total - faults.count
      if rest > 0 { submission.metrics.rejected(rest, protocol: "json", reason: "other") }
      var fault = RequestFault(422, "bad-samples", Self.summary(faults, total))
      fault.parts = faults.map {
        RequestFault.Part(place: .index($0.index), code: $0.fault.code, detail: $0.fault.detail)
      }
      fault.partsTotal = total
      return fault
    }
  }

  private static func summary(_ faults: [(index: Int, fault: SampleFault)], _ total: Int) -> String {
    let first = faults.first.map { "sample \($0.index): \($0.fault.detail)" } ?? ""
    return total == 1
      ? "nothing was stored: \(first)" : "nothing was stored: \(total) samples are bad; the first is \(first)"
  }

  private static func mode(_ parameters: QueryParameters) throws(RequestFault) -> SampleMode {
    guard parameters.has("mode") else { return .observe }
    return try SampleModeText.parse(parameters.value("mode"))
  }

  private static func precision(_ parameters: QueryParameters) throws(RequestFault) -> SamplePrecision {
    guard parameters.has("precision") else { return .milliseconds }
    guard let precision = parameters.value("precision").flatMap(SamplePrecision.init(rawValue:)) else {
      throw RequestFault(400, "invalid-parameter", "precision must be ns, us, ms or s")
    }
    return precision
  }

  private static func format(_ header: String?) throws(RequestFault) -> SamplesFormat {
    let type = ContentType(header)
    let format: SamplesFormat? =
      switch type.name {
      case "application/json": .json
      case "application/x-ndjson", "application/ndjson", "application/jsonl": .lines
      default: nil
      }
    guard let format, type.isUTF8 else {
      throw ContentType.unsupported(header, accepted: "application/json or application/x-ndjson")
    }
    return format
  }

  private static func receipt(_ receipt: AppendReceipt) -> StoredAnswer {
    var json = JSONWriter()
    json.beginObject()
    json.member("command", receipt.commandID.description)
    json.member("accepted", receipt.accepted)
    json.member("position", receipt.token.description)
    json.endObject()
    return StoredAnswer(
      status: 201, headers: [("Content-Type", "application/json")] + ReceiptHeaders.make(receipt), body: json.document)
  }
}
